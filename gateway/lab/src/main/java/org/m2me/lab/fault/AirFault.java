// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.fault;

/** What befalls a datagram on the air, in either direction. */
public enum AirFault {
    /** Nothing. */
    NONE,
    /** It does not arrive. */
    LOST,
    /** It arrives twice. */
    DOUBLED,
    /** It arrives when it was sent again already. */
    LATE,
    /** The next one in its direction arrives first. */
    SWAPPED
}
