// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.m2me.lab.device.DeviceRun;
import org.m2me.lab.fault.Expected;
import org.m2me.lab.fault.Invariants;
import org.m2me.operators.Subscriber.Ordered;
import org.m2me.operators.Subscriber.Progress;
import org.m2me.operators.Unavailable;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.step.Procedure;

/** One device in storms: it arrives, is ordered to change while it storms, and has to be where its owner wants it. */
final class StormyLife {
    private static final Duration LOOK = Duration.ofMillis(500);
    /** What fails in a storm is ordered once more when it is over: then it has to be done. */
    private static final int ORDERS_MAX = 2;

    private final Lab lab;
    private final DeviceRun run;
    private final Optional<ChangeWay> way;
    private final Weather weather;
    private final Clock clock;
    private final Supervision supervision;
    private final List<String> broken = new ArrayList<>();
    private final List<String> failed = new ArrayList<>();
    private Expected expected;
    private long orders;

    /** What goes on around the device. */
    interface Weather {
        /** Whether it storms. */
        boolean rages();

        /** Whether there will be no more storm. */
        boolean isOver();

        /** A device has arrived and will change, or will not arrive: no other storm need wait for it. */
        void arrived();

        /** So long everything may take. */
        Duration limit();
    }

    /** @param way how it changes operator, if at all */
    StormyLife(Lab lab, DeviceRun run, Optional<ChangeWay> way, Weather weather, Clock clock) {
        this.lab = lab;
        this.run = run;
        this.way = way;
        this.weather = weather;
        this.clock = clock;
        this.supervision = new Supervision(lab, clock);
        this.expected = Expected.first(run);
    }

    /** Lives it. @return whether the device has come to where it should */
    boolean live() throws IOException, Refused, InterruptedException {
        return way.isPresent() ? arrives() && changes(way.get()) && startsAgain() : arrivesOnce();
    }

    private boolean arrivesOnce() throws IOException, InterruptedException {
        return isGood(supervision.arrive(run, weather.limit()), "did not arrive");
    }

    private boolean arrives() throws IOException, InterruptedException {
        try {
            return isGood(supervision.work(run, weather.limit()), "did not arrive");
        } finally {
            weather.arrived();
        }
    }

    private boolean changes(ChangeWay how) throws IOException, Refused, InterruptedException {
        await(weather::rages);
        for (Procedure procedure : how.orders()) {
            if (!isDone(procedure)) {
                return false;
            }
            expected = Expected.after(run, procedure);
        }
        return true;
    }

    private boolean isDone(Procedure procedure) throws IOException, Refused, InterruptedException {
        for (int given = 1; given <= ORDERS_MAX; given++) {
            order(procedure);
            Optional<Ordered> ended = supervision.conclude(run, weather.limit());
            if (ended.isEmpty()) {
                broken.add(run.device() + ": " + procedure + " has no end: "
                        + supervision.newestOrder(run).map(Ordered::toString).orElse("its owner does not answer"));
                return false;
            }
            if (ended.get().progress() == Progress.DONE) {
                return true;
            }
            failed.add(run.device() + ": " + procedure + ": " + ended.get().code());
            await(weather::isOver);
            broken.addAll(new Invariants(lab.network(), clock).settle(List.of(expected)));
        }
        broken.add(run.device() + ": " + procedure + " failed again although it is calm: " + failed);
        return false;
    }

    /** As a person does: looks whether it is there, and asks again if not. */
    private void order(Procedure procedure) throws InterruptedException {
        run.trace().begin(procedure, clock.instant());
        Instant end = clock.instant().plus(weather.limit());
        long wanted = orders + 1;
        while (!isGiven(wanted) && clock.instant().isBefore(end)) {
            try {
                lab.network().subscriber().change(run.device().ueid(), procedure, Lab.OTHER_OPERATOR);
            } catch (Refused | Unavailable harmed) {
                TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
            }
        }
        orders = wanted;
    }

    private boolean isGiven(long number) {
        return supervision.newestOrder(run).filter(it -> it.number() >= number).isPresent();
    }

    /** Off and on again in the calm: what is owed still is delivered then. */
    private boolean startsAgain() throws IOException, InterruptedException {
        await(weather::isOver);
        run.cut();
        run.await(LOOK);
        return isGood(supervision.workAgain(run, weather.limit()), "does not work after a restart");
    }

    private boolean isGood(Outcome outcome, String otherwise) {
        if (!outcome.good()) {
            broken.add(run.device() + ": " + otherwise + ": " + outcome.words());
        }
        return outcome.good();
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
        }
    }

    /** Where it has to be in the end. */
    Expected expected() {
        return expected;
    }

    /** What does not hold, in words. */
    List<String> broken() {
        return List.copyOf(broken);
    }

    /** Orders that ended with a code, which may be in a storm. */
    List<String> failed() {
        return List.copyOf(failed);
    }
}
