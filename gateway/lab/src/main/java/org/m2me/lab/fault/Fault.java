// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.fault;

/** What befalls a call between two roles, or between the gateway and a role. */
public enum Fault {
    /** Nothing. */
    NONE,
    /** It does not arrive; its connection breaks. */
    REQUEST_LOST,
    /** It takes effect, but the answer does not arrive; its connection breaks. */
    REPLY_LOST,
    /** It arrives twice. */
    DOUBLED,
    /** It arrives when the caller has given up waiting. */
    LATE,
    /** The next one arrives first. */
    OVERTAKEN,
    /** Who is called dies before it acts. */
    KILLED_BEFORE,
    /** Who is called dies after it acted and before it answers. */
    KILLED_AFTER,
    /** The database of who is called refuses to write. */
    WRITE_REFUSED,
    /** The disk of who is called is full. */
    DISK_FULL
}
