// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.m2me.lab.console.Terminal;
import org.m2me.lab.console.Terminal.Style;
import org.m2me.lab.device.DeviceRun;
import org.m2me.operators.Subscriber;
import org.m2me.operators.Subscriber.Progress;
import org.m2me.operators.Unavailable;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.step.Procedure;
import org.m2me.protocol.step.Step;

/** Devices that are at work change to another operator, because their owner orders it. */
final class SecondAct {
    /** A device hears of an order with its next telemetry; the rest is a few seconds, more on a busy machine. */
    private static final Duration LIMIT = Duration.ofMinutes(4);

    private static final Duration LOOK = Duration.ofMillis(200);

    private final ChangeWay way;
    private final boolean cellular;
    private final Terminal terminal;
    private final Supplier<Instant> now;

    SecondAct(ChangeWay way, boolean cellular, Terminal terminal, Supplier<Instant> now) {
        this.way = way;
        this.cellular = cellular;
        this.terminal = terminal;
        this.now = now;
    }

    /** @return how each device fared, in their order */
    List<Outcome> play(Lab lab, List<DeviceRun> runs) throws InterruptedException {
        List<Outcome> outcomes = List.of();
        for (Procedure procedure : way.orders()) {
            terminal.line("");
            terminal.line(terminal.styled(Style.HEADING, heading(procedure)));
            outcomes = play(lab, runs, procedure);
            if (!outcomes.stream().allMatch(Outcome::good)) {
                return outcomes;
            }
        }
        return outcomes;
    }

    private static String heading(Procedure procedure) {
        String words = switch (procedure) {
            case CHANGE -> "changes operator, over the old one's connectivity (TR 33.812 5.1.3.8.4.2)";
            case PRISTINE -> "changes operator, by way of the pristine state (TR 33.812 5.1.3.8.4.3)";
            case ADD -> "has a second subscription brought on board";
            case SWITCH -> "switches to the subscription that is on board";
            case INITIAL, RENEWAL -> throw new IllegalArgumentException("nobody orders " + procedure);
        };
        return "The owner " + words + ": " + Lab.OPERATOR + " to " + Lab.OTHER_OPERATOR;
    }

    private List<Outcome> play(Lab lab, List<DeviceRun> runs, Procedure procedure) throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(runs.size());
        try {
            List<Callable<Outcome>> plays = new ArrayList<>();
            for (DeviceRun run : runs) {
                plays.add(() -> play(lab, run, procedure));
            }
            List<Outcome> outcomes = new ArrayList<>();
            for (Future<Outcome> played : threads.invokeAll(plays)) {
                outcomes.add(played.get());
            }
            outcomes.sort(
                    Comparator.comparingInt(outcome -> outcome.run().device().number()));
            return outcomes;
        } catch (ExecutionException fault) {
            throw new IllegalStateException("second act: " + fault.getCause(), fault);
        } finally {
            threads.shutdownNow();
        }
    }

    private Outcome play(Lab lab, DeviceRun run, Procedure procedure) throws InterruptedException {
        Subscriber subscriber = lab.network().subscriber();
        long before = run.air().total();
        Instant start = now.get();
        run.trace().begin(procedure, start);
        try {
            subscriber.change(run.device().ueid(), procedure, Lab.OTHER_OPERATOR);
            Outcome outcome = outcome(lab, run, procedure);
            Restarts restarts = new Restarts(lab, run, terminal);
            while (!outcome.good()
                    && restarts.keepOn()
                    && now.get().isBefore(start.plus(LIMIT))
                    && !hasFailed(subscriber, run)) {
                run.await(LOOK);
                outcome = outcome(lab, run, procedure);
            }
            terminal.line(String.format(
                    Locale.ROOT,
                    "%s: %s after %.1f s, with %d bytes on the air.",
                    run.device(),
                    outcome.words(),
                    Duration.between(start, now.get()).toMillis() / 1000.0,
                    run.air().total() - before));
            return outcome;
        } catch (Refused | Unavailable failed) {
            return new Outcome(run, false, "the change was not ordered: " + failed.getMessage());
        } catch (IOException failed) {
            return new Outcome(run, false, "its agent cannot be started again: " + failed.getMessage());
        }
    }

    private Outcome outcome(Lab lab, DeviceRun run, Procedure procedure) throws Refused {
        Outcome outcome = ChangeOutcome.of(lab, run, procedure);
        List<String> missing = missing(run, procedure);
        return outcome.good() && !missing.isEmpty()
                ? new Outcome(run, false, "steps without a trace: " + missing)
                : outcome;
    }

    private static boolean hasFailed(Subscriber subscriber, DeviceRun run) throws Refused {
        return subscriber.orders(run.device().ueid()).get(0).progress() == Progress.FAILED;
    }

    private List<String> missing(DeviceRun run, Procedure procedure) {
        Set<Integer> numbers = new TreeSet<>();
        for (Step step : procedure.steps()) {
            numbers.add(procedure.number(step).orElseThrow());
        }
        if (!cellular && procedure == Procedure.PRISTINE) {
            numbers.remove(procedure.number(Step.CONTACT_ICF).orElseThrow()); // no ICF on the way
        }
        run.trace()
                .taken()
                .forEach(step -> numbers.remove(procedure.number(step).orElseThrow()));
        return numbers.stream().map(String::valueOf).toList();
    }
}
