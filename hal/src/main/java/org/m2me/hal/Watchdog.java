// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal;

/** Restarts the board when the program hangs. */
public interface Watchdog {
    /** Says that the program is alive; to be called more often than the watchdog's time limit. */
    void pet();
}
