// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.m2me.lab.device.DeviceRun;
import org.m2me.operators.Subscriber.Ordered;
import org.m2me.operators.Subscriber.Progress;
import org.m2me.operators.Unavailable;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.step.Procedure;

/** Starts a device's agent again when it ends before the device is at work, as a board's service manager does. */
final class Supervision {
    /** Between an end and the next start: a service manager's default is of this order, and power comes back later. */
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final Lab lab;
    private final Clock clock;

    Supervision(Lab lab, Clock clock) {
        this.lab = lab;
        this.clock = clock;
    }

    /** Until the device is at work; gives up when the limit is over. */
    Outcome arrive(DeviceRun run, Duration limit) throws IOException, InterruptedException {
        Instant end = clock.instant().plus(limit);
        while (true) {
            lab.switchOn(run);
            run.await(left(end));
            Outcome outcome = outcome(run);
            if (outcome.good() || left(end).isZero()) {
                return outcome;
            }
            run.rest(PAUSE);
        }
    }

    /** As {@link #arrive}, of an agent that goes on: it is left at work. */
    Outcome work(DeviceRun run, Duration limit) throws IOException, InterruptedException {
        lab.switchOn(run);
        return keepOn(run, limit, () -> outcome(run));
    }

    private Outcome outcome(DeviceRun run) {
        return Outcome.of(run, lab.isCellular(), lab.network().subscriber());
    }

    /** As {@link #work}, of an agent that was cut while the device was at work: until it sends again. */
    Outcome workAgain(DeviceRun run, Duration limit) throws IOException, InterruptedException {
        Instant end = clock.instant().plus(limit);
        OptionalLong before = newestTelemetry(run, end);
        lab.switchOn(run);
        return sendsAfter(before, run, end);
    }

    /** A device that is at work sends once more; what it owed to others when this was called is delivered then. */
    Outcome sendAgain(DeviceRun run, Duration limit) throws IOException, InterruptedException {
        Instant end = clock.instant().plus(limit);
        return sendsAfter(newestTelemetry(run, end), run, end);
    }

    private Outcome sendsAfter(OptionalLong before, DeviceRun run, Instant end)
            throws IOException, InterruptedException {
        if (before.isEmpty()) {
            return new Outcome(run, false, "its owner does not say what it has sent");
        }
        return keepOn(run, left(end), () -> {
            OptionalLong newest = newestTelemetry(run);
            boolean again = newest.isPresent() && newest.getAsLong() > before.getAsLong();
            return new Outcome(run, again, again ? "sends again" : "has not sent again");
        });
    }

    /** Asks until its owner answers. */
    private OptionalLong newestTelemetry(DeviceRun run, Instant end) throws InterruptedException {
        OptionalLong newest = newestTelemetry(run);
        while (newest.isEmpty() && !left(end).isZero()) {
            run.rest(PAUSE);
            newest = newestTelemetry(run);
        }
        return newest;
    }

    /** 0 when there is none; empty when nobody says so. */
    private OptionalLong newestTelemetry(DeviceRun run) {
        try {
            return OptionalLong.of(
                    lab.network().subscriber().telemetry(run.device().ueid()).stream()
                            .mapToLong(received -> received.telemetry().sequence())
                            .max()
                            .orElse(0));
        } catch (Refused | Unavailable unknown) {
            return OptionalLong.empty();
        }
    }

    /** A device that is at work does what its owner ordered; it is left at work. */
    Outcome change(DeviceRun run, Procedure procedure, Duration limit) throws IOException, InterruptedException {
        return keepOn(run, limit, () -> {
            try {
                return ChangeOutcome.of(lab, run, procedure);
            } catch (Refused | Unavailable unknown) {
                return new Outcome(run, false, String.valueOf(unknown.getMessage()));
            }
        });
    }

    /** A device does what its owner ordered, or says why not; it is left at work. @return the order, once it has ended */
    Optional<Ordered> conclude(DeviceRun run, Duration limit) throws IOException, InterruptedException {
        return keepOn(
                run,
                limit,
                () -> newestOrder(run)
                        .filter(order -> order.progress() == Progress.DONE || order.progress() == Progress.FAILED),
                Optional::isPresent);
    }

    /** The newest order to a device; empty when there is none, or nobody says so. */
    Optional<Ordered> newestOrder(DeviceRun run) {
        try {
            return lab.network().subscriber().orders(run.device().ueid()).stream()
                    .findFirst();
        } catch (Refused | Unavailable unknown) {
            return Optional.empty();
        }
    }

    /** Until it looks good; the agent is started again whenever it ends. */
    Outcome keepOn(DeviceRun run, Duration limit, Supplier<Outcome> look) throws IOException, InterruptedException {
        return keepOn(run, limit, look, Outcome::good);
    }

    private <T> T keepOn(DeviceRun run, Duration limit, Supplier<T> look, Predicate<T> good)
            throws IOException, InterruptedException {
        Instant end = clock.instant().plus(limit);
        T seen = look.get();
        while (!good.test(seen) && !left(end).isZero()) {
            run.await(PAUSE);
            if (run.status() >= 0) {
                lab.switchOn(run);
            }
            seen = look.get();
        }
        return seen;
    }

    private Duration left(Instant end) {
        Duration left = Duration.between(clock.instant(), end);
        return left.isNegative() ? Duration.ZERO : left;
    }
}
