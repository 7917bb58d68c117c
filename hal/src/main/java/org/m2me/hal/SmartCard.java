// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal;

/** A card that answers command APDUs (ISO 7816-4, TS 102 221). */
public interface SmartCard {
    /** Answer to reset, at most 33 bytes. */
    byte[] atr();

    /** Power-on or warm reset: forgets selection, verification and open channels. */
    void reset();

    /**
     * Answers one command, at most 261 bytes (short APDU), with data and status word, at most 258 bytes. Never throws
     * for anything a reader can send: a fault is a status word.
     */
    byte[] transmit(byte[] command);
}
