// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal;

import java.io.IOException;

/** Where a modem reads its card. */
public interface CardSlot {
    /**
     * Puts a card in. It is served until the returned handle is closed.
     *
     * @throws IOException if the slot cannot be reached
     */
    AutoCloseable insert(SmartCard card) throws IOException;
}
