// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.m2me.hal.ModemException;
import org.m2me.hal.ModemLines;
import org.m2me.hal.at.AtException.Fault;
import org.m2me.hal.at.RecoveryEvent.Outcome;

/**
 * Gets a modem to answer: rung by rung, each with a time in which it must help. Where it stands on the ladder outlasts
 * the call: what a call had no time for is left to the next one, and trouble that comes back before the modem was seen
 * to work is met with the next rung.
 */
final class AtRecovery {
    /** Between tries to open a port that is not there: a USB modem takes seconds to come back. */
    private static final Duration REOPEN_EVERY = Duration.ofMillis(250);

    /** A SIM7600 takes 26 s from its power key to off. */
    private static final Duration OFF_LIMIT = Duration.ofSeconds(30);

    private static final List<RecoveryRung> LADDER = List.of(RecoveryRung.values());
    private static final RecoveryRung FIRST = RecoveryRung.RESYNCHRONISE;
    private static final RecoveryRung LAST = RecoveryRung.POWER_KEY;

    private final AtModem.Wiring wiring;
    private final AtTiming timing;
    private final LongSupplier nanoTime;
    private final AtLog log;
    private final Consumer<String> unsolicited;
    private final Map<RecoveryRung, Deque<Long>> uses = new EnumMap<>(RecoveryRung.class);

    private @Nullable AtEngine engine;
    private RecoveryRung rung = FIRST;
    private boolean begun;
    private boolean maySwitchOff;
    private long patienceEnds;
    private String lastFault = "";

    AtRecovery(AtModem.Wiring wiring, AtTiming timing, LongSupplier nanoTime, AtLog log, Consumer<String> unsolicited) {
        this.wiring = wiring;
        this.timing = timing;
        this.nanoTime = nanoTime;
        this.log = log;
        this.unsolicited = unsolicited;
    }

    /** The modem does what it is for: the next trouble starts at the bottom. */
    void works() {
        rung = FIRST;
        begun = false;
    }

    /** The engine of a modem that answers as it must. */
    AtEngine climb(long deadline) throws ModemException {
        goToPowerKeyIfOff();
        passOverModes();
        while (true) {
            RecoveryRung now = rung;
            if (begun || begin(now)) {
                if (answers(earlier(patienceEnds, deadline))) {
                    return helped(now);
                }
                if (nanoTime.getAsLong() - patienceEnds < 0) {
                    throw new ModemException("the modem does not answer yet, after " + now + ": " + lastFault);
                }
                if (pressedAgain(now)) {
                    continue;
                }
                say(now, Outcome.DID_NOT_HELP, lastFault);
            }
            begun = false;
            rung = after(now);
            if (now == LAST) {
                throw new ModemException("the modem does not come back: " + lastFault);
            }
            if (nanoTime.getAsLong() - deadline >= 0) {
                throw new ModemException("the modem does not answer: " + lastFault + "; next is " + rung);
            }
        }
    }

    private static RecoveryRung after(RecoveryRung rung) {
        return LADDER.get((LADDER.indexOf(rung) + 1) % LADDER.size());
    }

    private AtEngine helped(RecoveryRung now) throws ModemException {
        say(now, Outcome.HELPED, "");
        begun = false;
        rung = after(now);
        AtEngine ready = engine;
        if (ready == null) {
            throw new ModemException("the modem's port was closed");
        }
        boolean unused = ready.takeTrouble(); // it was seen to
        return ready;
    }

    /** No other rung helps a modem that is off. */
    private void goToPowerKeyIfOff() {
        if (!begun && rung != LAST && isOff()) {
            log.note("the status line says that the modem is off");
            rung = LAST;
        }
    }

    private boolean isOff() {
        return status().map(on -> !on).orElse(false);
    }

    private Optional<Boolean> status() {
        try {
            return wiring.lines().isPresent() ? wiring.lines().get().isOn() : Optional.empty();
        } catch (IOException e) {
            lastFault = "status line: " + e.getMessage();
            return Optional.empty();
        }
    }

    /** A modem that answers, but not to what it was asked to do, is in no other mode. */
    private void passOverModes() throws ModemException {
        boolean mode = rung == RecoveryRung.LEAVE_DATA_MODE || rung == RecoveryRung.LEAVE_MULTIPLEXER;
        if (mode && !begun && answers(nanoTime.getAsLong() + 2 * timing.sync().toNanos())) {
            for (; rung != RecoveryRung.RESET_BY_COMMAND; rung = after(rung)) {
                say(rung, Outcome.SKIPPED, "the modem answers, but does not work");
            }
        }
    }

    /** False if it was not done, or could not be. */
    private boolean begin(RecoveryRung now) throws ModemException {
        Optional<String> against = reasonAgainst(now);
        if (against.isPresent()) {
            say(now, Outcome.SKIPPED, against.get());
            return false;
        }
        say(now, Outcome.BEGUN, "");
        uses.computeIfAbsent(now, none -> new ArrayDeque<>()).add(nanoTime.getAsLong());
        try {
            act(now);
        } catch (IOException e) {
            if (isStillRunning(e)) {
                throw new ModemException(String.valueOf(e.getMessage()), e);
            }
            lastFault = String.valueOf(e.getMessage());
            say(now, Outcome.DID_NOT_HELP, lastFault);
            return false;
        }
        begun = true;
        patienceEnds = nanoTime.getAsLong() + wiring.limits().patience(now).toNanos();
        return true;
    }

    private static boolean isStillRunning(IOException e) {
        return e instanceof AtException at && at.fault() == Fault.STILL_RUNNING;
    }

    private Optional<String> reasonAgainst(RecoveryRung now) {
        if (now.compareTo(RecoveryRung.RESET_LINE) >= 0 && wiring.lines().isEmpty()) {
            return Optional.of("the board has no such line");
        }
        Deque<Long> used = uses.getOrDefault(now, new ArrayDeque<>());
        used.removeIf(at -> nanoTime.getAsLong() - at >= RecoveryLimits.WINDOW.toNanos());
        int most = wiring.limits().perWindow(now);
        boolean usedUp = used.size() >= most && !(now == LAST && isOff());
        return usedUp
                ? Optional.of("done " + most + " times in " + RecoveryLimits.WINDOW.toMinutes() + " min")
                : Optional.empty();
    }

    private void act(RecoveryRung now) throws IOException {
        switch (now) {
            case RESYNCHRONISE -> {} // waiting for the answer is all of it
            case LEAVE_DATA_MODE -> open().leaveDataMode();
            case LEAVE_MULTIPLEXER -> open().leaveMultiplexer();
            case RESET_BY_COMMAND -> {
                open().resetByCommand();
                close(); // nothing that was known about the port holds
            }
            case RESET_LINE -> {
                close();
                lines().pullReset();
            }
            case POWER_KEY -> {
                close();
                switchOn();
            }
        }
    }

    private ModemLines lines() throws ModemException {
        return wiring.lines().orElseThrow(() -> new ModemException("the board has no such line"));
    }

    /** The key is a toggle: a modem that is on has to be switched off first. */
    private void switchOn() throws IOException {
        Optional<Boolean> on = status();
        maySwitchOff = on.isEmpty();
        lines().pressPowerKey();
        if (on.orElse(false)) {
            long deadline = nanoTime.getAsLong() + OFF_LIMIT.toNanos();
            while (!isOff()) {
                if (nanoTime.getAsLong() - deadline >= 0) {
                    throw new ModemException("the modem does not switch off");
                }
                pause(REOPEN_EVERY.toNanos());
            }
            lines().pressPowerKey();
        }
    }

    /** Without a status line nobody knows what a key did. If the modem is silent after it, it was switched off by it. */
    private boolean pressedAgain(RecoveryRung now) throws ModemException {
        if (now != LAST || !maySwitchOff) {
            return false;
        }
        maySwitchOff = false;
        say(now, Outcome.BEGUN, "again, as there is no status line");
        try {
            lines().pressPowerKey();
        } catch (IOException e) {
            throw new ModemException("power key: " + e.getMessage(), e);
        }
        patienceEnds = nanoTime.getAsLong() + wiring.limits().patience(now).toNanos();
        return true;
    }

    private boolean answers(long deadline) throws ModemException {
        while (true) {
            long left = deadline - nanoTime.getAsLong();
            try {
                open().synchronise(Duration.ofNanos(Math.max(0, left)));
                return true;
            } catch (IOException e) {
                if (isStillRunning(e)) {
                    begun = false;
                    throw new ModemException(String.valueOf(e.getMessage()), e);
                }
                lastFault = String.valueOf(e.getMessage());
            }
            left = deadline - nanoTime.getAsLong();
            if (left <= 0) {
                return false;
            }
            pause(Math.min(left, REOPEN_EVERY.toNanos()));
        }
    }

    private static void pause(long nanos) throws ModemException {
        try {
            TimeUnit.NANOSECONDS.sleep(nanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ModemException("interrupted", e);
        }
    }

    private AtEngine open() throws IOException {
        AtEngine now = engine;
        if (now != null && !now.isLost()) {
            return now;
        }
        close();
        try {
            AtEngine fresh = new AtEngine(wiring.opener().open(), timing, nanoTime, log);
            fresh.onUnsolicited(unsolicited);
            engine = fresh;
            return fresh;
        } catch (IOException e) {
            throw new ModemException("the modem's port cannot be opened: " + e.getMessage(), e);
        }
    }

    private static long earlier(long one, long other) {
        return one - other < 0 ? one : other;
    }

    private void say(RecoveryRung now, Outcome outcome, String detail) {
        RecoveryEvent event = new RecoveryEvent(now, outcome, detail);
        log.note("recovery: " + event);
        wiring.observer().accept(event);
    }

    void close() {
        AtEngine now = engine;
        engine = null;
        if (now != null) {
            now.close();
        }
    }
}
