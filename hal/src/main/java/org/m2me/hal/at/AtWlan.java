// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.m2me.hal.Bearer;
import org.m2me.hal.ModemException;
import org.m2me.hal.Wlan;

/** A WLAN module with ESP-AT firmware on an AT port. */
public final class AtWlan implements Wlan {
    /** Modules have one station interface. */
    private static final int CID = 0;

    private final AtPort.Opener opener;
    private final LongSupplier nanoTime;
    private final AtLog log;
    private @Nullable AtEngine engine;

    public AtWlan(AtPort.Opener opener, LongSupplier nanoTime, AtLog log) {
        this.opener = opener;
        this.nanoTime = nanoTime;
        this.log = log;
    }

    @Override
    public Bearer join(String network, Duration limit) throws IOException {
        AtEngine now = ready(limit);
        AtAnswer joined =
                now.send(AtCommand.of("AT+CWJAP=" + AtText.quote(network)).waitedFor(limit));
        if (!joined.isOk()) {
            throw new ModemException("the network \"" + network + "\" is not there, or refuses");
        }
        boolean forwards = now.send(AtCommand.of("AT+XUDPFWD=?")).isOk();
        String address = now.send(AtCommand.of("AT+CIFSR")).values("+CIFSR").stream()
                .map(AtText::fields)
                .filter(fields -> fields.size() > 1 && fields.get(0).equals("STAIP"))
                .map(fields -> fields.get(1))
                .findFirst()
                .orElse("");
        return AtBearer.open(now, new AtBearer.Context(CID, address), forwards, "AT+CWQAP");
    }

    @Override
    public Optional<String> dhcpOption(int option) throws IOException {
        AtEngine now = engine;
        if (now == null) {
            return Optional.empty();
        }
        return now.send(AtCommand.of("AT+XDHCPOPT=" + option))
                .value("+XDHCPOPT")
                .map(AtText::fields)
                .filter(fields -> fields.size() > 1)
                .map(fields -> fields.get(1));
    }

    private AtEngine ready(Duration limit) throws IOException {
        AtEngine now = engine;
        if (now != null && !now.isLost()) {
            return now;
        }
        AtEngine fresh = new AtEngine(opener.open(), AtTiming.WLAN, nanoTime, log);
        engine = fresh;
        fresh.synchronise(limit);
        for (String command : List.of("ATE0", "AT+CWMODE=1")) {
            fresh.tell(command);
        }
        return fresh;
    }

    @Override
    public void close() {
        AtEngine now = engine;
        engine = null;
        if (now != null) {
            now.close();
        }
    }
}
