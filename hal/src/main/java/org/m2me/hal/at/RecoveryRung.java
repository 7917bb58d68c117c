// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

/** What is done about a modem that does not answer, in this order: each is rougher than the one before. */
public enum RecoveryRung {
    /** Open the port again if it is lost, wait for quiet, ask what has a known answer. */
    RESYNCHRONISE,
    /** Type what ends data mode, and hang up. */
    LEAVE_DATA_MODE,
    /** Close a multiplexer down that was left open. */
    LEAVE_MULTIPLEXER,
    /** AT+CFUN=1,1. */
    RESET_BY_COMMAND,
    /** Pull the reset line. */
    RESET_LINE,
    /** Switch off and on by the power key. */
    POWER_KEY
}
