// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/** A board put together from its file. */
record DescribedBoard(
        String model,
        Optional<Modem> modem,
        Optional<CardSlot> cardSlot,
        Optional<Wlan> wlan,
        Storage storage,
        Watchdog watchdog,
        Lights lights,
        TamperInput tamper,
        Duration clockOffset)
        implements Board {

    @Override
    public Clock clock(Clock computer) {
        return Clock.offset(computer, clockOffset);
    }

    @Override
    public void close() {
        modem.ifPresent(Modem::close);
        wlan.ifPresent(Wlan::close);
        if (watchdog instanceof SystemdWatchdog systemd) {
            systemd.close();
        }
        if (tamper instanceof FileTamperInput file) {
            file.close();
        }
    }
}
