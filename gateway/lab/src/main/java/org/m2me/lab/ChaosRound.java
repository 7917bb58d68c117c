// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.m2me.lab.console.ProgressBar;
import org.m2me.lab.device.DeviceRun;
import org.m2me.lab.device.LabDevice;
import org.m2me.lab.fault.Aboard;
import org.m2me.lab.fault.Chaos;
import org.m2me.lab.fault.Disks;
import org.m2me.lab.fault.Expected;
import org.m2me.lab.fault.FaultNetwork;
import org.m2me.lab.fault.Invariants;
import org.m2me.protocol.message.Refused;

/**
 * A fleet in storms of faults: in the first one it is provisioned, and a device that is at work is ordered to change
 * operator; in the second one all others are. Then it is calm, and all have to be where they belong.
 */
final class ChaosRound {
    /** So long things go wrong. */
    private static final Duration STORM = Duration.ofSeconds(60);
    /** Within it a device arrives once it is calm, however long its last pause was. */
    private static final Duration RECOVERY_LIMIT = Duration.ofMinutes(6);

    /** Longer than an agent that ended is off, so that one starts on a full disk, too. */
    private static final Duration FULL = Duration.ofSeconds(4);

    private static final Duration LOOK = Duration.ofMillis(500);

    private final Settings settings;
    private final Lab.World world;
    private final Chaos chaos;
    private final Skies skies = new Skies();
    private final AtomicInteger good = new AtomicInteger();
    private final AtomicInteger bad = new AtomicInteger();
    private final List<String> failed = Collections.synchronizedList(new ArrayList<>());

    /**
     * What the round is about.
     *
     * @param seed decides what goes wrong
     * @param disks whether disks can be filled
     */
    record Settings(long seed, int devices, boolean cellular, ChaosChange change, boolean disks) {}

    ChaosRound(Settings settings, Lab.World world) {
        this.settings = settings;
        this.chaos = new Chaos(settings.seed(), settings.disks());
        this.world = world;
    }

    /** One storm; two when devices change: the second one begins when the first is over and all have arrived. */
    private final class Skies implements StormyLife.Weather {
        private final AtomicInteger arrived = new AtomicInteger();
        private volatile boolean over;
        private Instant since = Instant.EPOCH;
        private int storms;

        void begin(Instant now) {
            since = now;
            storms++;
            chaos.rage();
        }

        /** Called again and again, with the time. */
        void pass(Instant now) {
            boolean lasts = now.isBefore(since.plus(STORM));
            if (!lasts && !chaos.isCalm()) {
                chaos.calmDown();
            }
            boolean once = settings.change() == ChaosChange.none;
            if (!lasts && storms == 1 && !once && arrived.get() >= settings.devices()) {
                begin(now);
            } else if (!lasts && (storms == 2 || once)) {
                over = true;
            }
        }

        @Override
        public boolean rages() {
            return !chaos.isCalm() || over;
        }

        @Override
        public boolean isOver() {
            return over;
        }

        @Override
        public void arrived() {
            arrived.incrementAndGet();
        }

        @Override
        public Duration limit() {
            return STORM.multipliedBy(2).plus(RECOVERY_LIMIT);
        }
    }

    Chaos.Tally harm() {
        return chaos.tally();
    }

    /** How many devices came to where they belong. */
    int arrived() {
        return good.get();
    }

    /** Orders that failed in a storm, with their codes; each was done when it was given again. */
    List<String> failed() {
        return List.copyOf(failed);
    }

    /** @return what does not hold afterwards, in words */
    List<String> run(Path directory, ProgressBar bar) throws IOException, Refused, InterruptedException {
        boolean changes = settings.change() != ChaosChange.none;
        Options options = Options.with()
                .devices(settings.devices())
                .cellular(settings.cellular())
                .keep(changes) // agents that do not end with their first telemetry
                .make();
        Disks full = new Disks(settings.disks());
        FaultNetwork faults = new FaultNetwork(chaos, chaos, chaos, full, world.nanoTime());
        List<DeviceRun> runs = new ArrayList<>();
        try (Lab lab = new Lab(options, world, directory, faults)) {
            try {
                List<StormyLife> lives = new ArrayList<>();
                for (LabDevice device : lab.make()) {
                    DeviceRun run = lab.place(device, false, (network, imsi) -> {});
                    run.onState(state -> harm(run, state, full));
                    runs.add(run);
                    lives.add(new StormyLife(
                            lab, run, settings.change().of(chaos, device.number()), skies, world.clock()));
                }
                List<String> broken = live(lives, bar);
                broken.addAll(afterwards(lab, lives));
                return broken;
            } finally {
                runs.forEach(DeviceRun::close);
            }
        }
    }

    private List<String> afterwards(Lab lab, List<StormyLife> lives) throws IOException, Refused, InterruptedException {
        Invariants invariants = new Invariants(lab.network(), world.clock());
        List<Expected> expected = lives.stream().map(StormyLife::expected).toList();
        List<String> broken = new ArrayList<>(invariants.settle(expected));
        broken.addAll(invariants.secrecy());
        Aboard aboard = new Aboard(world.random());
        for (Expected one : expected) {
            one.run().switchOff();
            broken.addAll(aboard.broken(one));
            one.run().leave();
        }
        broken.addAll(invariants.settleCharges(expected));
        return broken;
    }

    private void harm(DeviceRun run, String state, Disks full) {
        if (chaos.fillsDisk(run.device().number(), state)) {
            full.fill(run.device().toString(), FULL);
        }
        if (chaos.cutsPower(run.device().number(), state)) {
            run.cut();
        }
    }

    private List<String> live(List<StormyLife> lives, ProgressBar bar) throws InterruptedException {
        List<String> lost = Collections.synchronizedList(new ArrayList<>());
        ExecutorService threads = Executors.newFixedThreadPool(lives.size());
        Instant start = world.clock().instant();
        skies.begin(start);
        try {
            for (StormyLife life : lives) {
                threads.execute(() -> live(life, lost));
            }
            threads.shutdown();
            boolean all = false;
            while (!all) {
                all = threads.awaitTermination(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                Instant now = world.clock().instant();
                skies.pass(now);
                bar.show(good.get(), bad.get(), lives.size() - good.get() - bad.get(), Duration.between(start, now));
            }
            return new ArrayList<>(lost);
        } finally {
            chaos.calmDown();
            threads.shutdownNow();
        }
    }

    private void live(StormyLife life, List<String> lost) {
        boolean fine = false;
        try {
            fine = life.live();
            lost.addAll(life.broken());
            failed.addAll(life.failed());
        } catch (IOException | Refused wrong) {
            lost.add(life.expected().run().device() + ": " + wrong);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } finally {
            (fine ? good : bad).incrementAndGet();
        }
    }
}
