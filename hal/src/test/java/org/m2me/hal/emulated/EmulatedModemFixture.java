// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.emulated;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.m2me.hal.Modem;
import org.m2me.hal.at.AtLog;
import org.m2me.hal.at.AtModem;
import org.m2me.hal.at.AtPort;
import org.m2me.hal.at.AtTiming;
import org.m2me.hal.card.VpcdCardSlot;

/** An emulated modem that is on, and the driver for real ones at its port. */
abstract class EmulatedModemFixture {
    static final Duration LIMIT = Duration.ofSeconds(20);
    static final String IMEI = "490154203237518";
    static final String PCID = "901700000000017";
    static final String IMSI = "262020000000042";

    static final AtTiming QUICK = new AtTiming(
            Duration.ofMillis(2),
            Duration.ofMillis(30),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            3,
            "AT+CGMM",
            8,
            Duration.ofMillis(1050),
            10);

    final TestRadio radio = new TestRadio();
    final TestCard card = new TestCard(PCID, true);
    final List<String> log = Collections.synchronizedList(new ArrayList<>());
    final List<AutoCloseable> open = new ArrayList<>();
    EmulatedModem emulated = modemThatIsOff();
    Modem modem = driver();

    EmulatedModem modemThatIsOff() {
        try {
            return new EmulatedModem(radio, IMEI, Duration.ofMillis(20), System::nanoTime);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    Modem driver() {
        return new AtModem(
                AtModem.Wiring.of(() -> AtPort.open(emulated.port())),
                QUICK,
                System::nanoTime,
                new AtLog(log::add, System::nanoTime));
    }

    @BeforeEach
    void switchOn() {
        emulated.pressPowerKey();
    }

    @AfterEach
    void closeAll() throws Exception {
        modem.close();
        for (AutoCloseable one : open) {
            one.close();
        }
        emulated.close();
    }

    AutoCloseable insert(TestCard one) throws IOException {
        URI slot = URI.create(emulated.cardSlot());
        AutoCloseable inserted = new VpcdCardSlot(new InetSocketAddress(slot.getHost(), slot.getPort())).insert(one);
        open.add(inserted);
        return inserted;
    }
}
