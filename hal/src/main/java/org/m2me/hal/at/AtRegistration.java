// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.m2me.hal.Modem;
import org.m2me.hal.ModemException;

/**
 * Gets a modem registered for packet data. A modem is registered when any of +CREG, +CGREG, +CEREG says so, and carries
 * packet data when one of the last two does, or when it says that it is attached.
 */
final class AtRegistration {
    /** Reports of changes may be lost, and some modems send none. */
    private static final Duration ASK_AGAIN = Duration.ofSeconds(1);

    private static final List<String> QUERIES = List.of("AT+CGREG?", "AT+CEREG?", "AT+CREG?");
    private static final int DENIED = 3;
    private static final int SEARCHING = 2;
    private static final long MILLI = 1_000_000;

    private final LongSupplier nanoTime;
    private final Map<String, RegistrationLine> reported = new ConcurrentHashMap<>();
    private boolean outcomeExpected;
    private int news;
    private int newsSeen;

    AtRegistration(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** The modem was just told to search: the first outcome is that search's, not an old one's. */
    void expectOutcome() {
        outcomeExpected = true;
        reported.clear();
    }

    /** On the engine's listener thread. */
    synchronized void onUnsolicited(String line) {
        RegistrationLine.parse(line).ifPresent(now -> reported.put(now.name(), now));
        news++;
        notifyAll();
    }

    /** Waits for something unasked, but not longer than this. */
    synchronized void awaitNews(Duration atMost) throws ModemException {
        long deadline = nanoTime.getAsLong() + atMost.toNanos();
        try {
            for (long left = atMost.toNanos(); news == newsSeen && left > 0; left = deadline - nanoTime.getAsLong()) {
                wait(Math.max(1, left / MILLI));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ModemException("interrupted", e);
        }
        newsSeen = news;
    }

    Modem.Registration register(AtEngine engine, Duration limit) throws ModemException {
        long deadline = nanoTime.getAsLong() + limit.toNanos();
        boolean asked = outcomeExpected;
        boolean searchNow = !asked;
        outcomeExpected = false;
        while (true) {
            Collection<RegistrationLine> states = query(engine);
            Optional<Modem.Registration> there =
                    isForPacketData(engine, states) ? where(engine, states) : Optional.empty();
            if (there.isPresent()) {
                return there.get();
            }
            boolean searching = states.stream().anyMatch(state -> state.stat() == SEARCHING);
            boolean denied = states.stream().anyMatch(state -> state.stat() == DENIED);
            if (asked && denied && !searching) {
                throw refused(engine);
            }
            if (nanoTime.getAsLong() - deadline >= 0) {
                throw late(engine, limit);
            }
            if (searching || !searchNow) {
                awaitNews(shorter(ASK_AGAIN, deadline));
                searchNow = true;
                asked |= searching;
            } else {
                search(engine, Duration.ofNanos(deadline - nanoTime.getAsLong()));
                searchNow = false;
                asked = true;
            }
        }
    }

    private Duration shorter(Duration one, long deadline) {
        long left = Math.max(0, deadline - nanoTime.getAsLong());
        return Duration.ofNanos(Math.min(one.toNanos(), left));
    }

    /** The modem waits for the outcome before it answers; a refusal is looked at like any other state. */
    private static void search(AtEngine engine, Duration limit) throws ModemException {
        AtAnswer answer = engine.send(AtCommand.of("AT+COPS=0").waitedFor(limit));
        if (NetworkCause.fromError(answer.result()).isPresent()) {
            throw NetworkCause.refusal(engine, "no registration", answer.result());
        }
    }

    /** What the modem answers; where it does not, what it reported last. */
    private Collection<RegistrationLine> query(AtEngine engine) throws ModemException {
        Map<String, RegistrationLine> states = new HashMap<>(reported);
        for (String query : QUERIES) {
            engine.send(AtCommand.of(query)).lines().stream()
                    .flatMap(line -> RegistrationLine.parse(line).stream())
                    .findFirst()
                    .ifPresent(state -> states.put(state.name(), state));
        }
        return states.values();
    }

    private static boolean isForPacketData(AtEngine engine, Collection<RegistrationLine> states) throws AtException {
        if (states.stream().noneMatch(RegistrationLine::isRegistered)) {
            return false;
        }
        return states.stream().anyMatch(state -> state.isRegistered() && state.isForPacketData())
                || engine.send(AtCommand.of("AT+CGATT?"))
                        .value("+CGATT")
                        .map("1"::equals)
                        .orElse(false);
    }

    /** Empty if the modem lost its network since it was asked for its state. */
    private static Optional<Modem.Registration> where(AtEngine engine, Collection<RegistrationLine> states)
            throws AtException {
        engine.tell("AT+COPS=3,2");
        boolean home = states.stream().anyMatch(state -> state.stat() == 1);
        return engine.send(AtCommand.of("AT+COPS?"))
                .value("+COPS")
                .map(AtText::fields)
                .filter(fields -> fields.size() > 2)
                .map(fields -> new Modem.Registration(fields.get(2), home));
    }

    private static ModemException refused(AtEngine engine) throws AtException {
        OptionalInt cause = NetworkCause.reported(engine);
        return cause.isPresent()
                ? new ModemException("no registration: refused", cause.getAsInt())
                : new ModemException("no registration: refused without a cause");
    }

    private static ModemException late(AtEngine engine, Duration limit) throws AtException {
        OptionalInt cause = NetworkCause.reported(engine);
        String message = "no registration in " + limit.toMillis() + " ms";
        return cause.isPresent() ? new ModemException(message, cause.getAsInt()) : new ModemException(message);
    }
}
