// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal;

import java.time.Clock;
import java.util.Optional;

/** One board, as its file in {@code board-configs/} describes it. What a board does not have is absent or does nothing. */
public interface Board extends AutoCloseable {
    /** As in the board's file; the hardware model in evidence. */
    String model();

    Optional<Modem> modem();

    /** Where the modem reads a card that the host provides, if the board has such a slot. */
    Optional<CardSlot> cardSlot();

    Optional<Wlan> wlan();

    Storage storage();

    Watchdog watchdog();

    Lights lights();

    TamperInput tamper();

    /** The board's clock, as right or wrong as it is. @param computer that of the computer this runs on */
    default Clock clock(Clock computer) {
        return computer;
    }

    @Override
    void close();
}
