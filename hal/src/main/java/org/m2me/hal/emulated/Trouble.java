// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.emulated;

/** States in which the emulated modem takes no commands, as real ones are found in the field. */
public enum Trouble {
    /** None: it takes commands. */
    NONE,
    /** Asleep: the line that wakes it is lost. */
    ASLEEP,
    /** A host left it in data mode: everything is user data until {@code +++} between two silences of a second. */
    DATA_MODE,
    /** A host left it in the multiplexer of TS 27.010: only frames count until the one that closes it down. */
    MULTIPLEXER,
    /** It cannot speak, but still performs AT+CFUN=1,1. */
    MUTE,
    /** It is hung; its reset line helps. */
    HUNG,
    /** It is hung, and so is what its reset line goes to: it has to be off once. */
    LOCKED_UP
}
