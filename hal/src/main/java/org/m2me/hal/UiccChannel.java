// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal;

/** APDUs to one application of a card, through whatever holds the card. Key material never crosses it. */
public interface UiccChannel extends AutoCloseable {
    /** One command and its answer, status word included. */
    byte[] transmit(byte[] command) throws ModemException;

    @Override
    void close() throws ModemException;
}
