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
import org.m2me.lab.fault.Chaos;
import org.m2me.lab.fault.Disks;
import org.m2me.lab.fault.FaultNetwork;
import org.m2me.lab.fault.Invariants;
import org.m2me.protocol.message.Refused;

/** A fleet that is provisioned in a storm of faults: first it rages, then it is calm and all have to arrive. */
final class ChaosRound {
    /** So long things go wrong. */
    private static final Duration STORM = Duration.ofSeconds(60);
    /** Within it a device arrives once it is calm, however long its last pause was. */
    private static final Duration RECOVERY_LIMIT = Duration.ofMinutes(6);

    /** Longer than an agent that ended is off, so that one starts on a full disk, too. */
    private static final Duration FULL = Duration.ofSeconds(4);

    private static final Duration LOOK = Duration.ofMillis(500);

    private final Lab.World world;
    private final boolean cellular;
    private final Chaos chaos;
    private final boolean disks;
    private final AtomicInteger good = new AtomicInteger();
    private final AtomicInteger bad = new AtomicInteger();

    /** @param disks whether disks can be filled */
    ChaosRound(long seed, boolean cellular, Lab.World world, boolean disks) {
        this.chaos = new Chaos(seed, disks);
        this.disks = disks;
        this.cellular = cellular;
        this.world = world;
    }

    Chaos.Tally harm() {
        return chaos.tally();
    }

    int provisioned() {
        return good.get();
    }

    /** @return what does not hold afterwards, in words */
    List<String> run(int devices, Path directory, ProgressBar bar) throws IOException, Refused, InterruptedException {
        Options options = Options.with().devices(devices).cellular(cellular).make();
        Disks full = new Disks(disks);
        FaultNetwork faults = new FaultNetwork(chaos, chaos, chaos, full, world.nanoTime());
        List<DeviceRun> runs = new ArrayList<>();
        try (Lab lab = new Lab(options, world, directory, faults)) {
            try {
                for (LabDevice device : lab.make()) {
                    DeviceRun run = lab.place(device, false, (network, imsi) -> {});
                    run.onState(state -> harm(run, state, full));
                    runs.add(run);
                }
                List<String> broken = arrive(lab, runs, bar);
                broken.addAll(new Invariants(lab.network(), world.clock()).settle(runs));
                return broken;
            } finally {
                runs.forEach(DeviceRun::close);
            }
        }
    }

    private void harm(DeviceRun run, String state, Disks full) {
        if (chaos.fillsDisk(run.device().number(), state)) {
            full.fill(run.device().toString(), FULL);
        }
        if (chaos.cutsPower(run.device().number(), state)) {
            run.cut();
        }
    }

    private List<String> arrive(Lab lab, List<DeviceRun> runs, ProgressBar bar) throws InterruptedException {
        List<String> lost = Collections.synchronizedList(new ArrayList<>());
        Supervision supervision = new Supervision(lab, cellular, world.clock());
        ExecutorService threads = Executors.newFixedThreadPool(runs.size());
        Instant start = world.clock().instant();
        chaos.rage();
        try {
            for (DeviceRun run : runs) {
                threads.execute(() -> arrive(supervision, run, lost));
            }
            threads.shutdown();
            boolean all = false;
            while (!all) {
                all = threads.awaitTermination(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                Duration elapsed = Duration.between(start, world.clock().instant());
                bar.show(good.get(), bad.get(), runs.size() - good.get() - bad.get(), elapsed);
                if (elapsed.compareTo(STORM) > 0) {
                    chaos.calmDown();
                }
            }
            return new ArrayList<>(lost);
        } finally {
            chaos.calmDown();
            threads.shutdownNow();
        }
    }

    private void arrive(Supervision supervision, DeviceRun run, List<String> lost) {
        try {
            Outcome outcome = supervision.arrive(run, STORM.plus(RECOVERY_LIMIT));
            (outcome.good() ? good : bad).incrementAndGet();
            if (!outcome.good()) {
                lost.add(run.device() + ": did not arrive: " + outcome.words());
            }
        } catch (IOException failed) {
            bad.incrementAndGet();
            lost.add(run.device() + ": " + failed);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }
}
