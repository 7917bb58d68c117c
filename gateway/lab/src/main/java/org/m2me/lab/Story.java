// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.m2me.lab.console.Guide;
import org.m2me.lab.console.ProgressBar;
import org.m2me.lab.console.StepLines;
import org.m2me.lab.console.Summary;
import org.m2me.lab.console.Terminal;
import org.m2me.lab.console.Terminal.Style;
import org.m2me.lab.device.ActivationWatch;
import org.m2me.lab.device.AgentProcess;
import org.m2me.lab.device.DeviceRun;
import org.m2me.lab.device.LabDevice;
import org.m2me.lab.device.MemoryWatch;
import org.m2me.lab.network.LabSettings;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.message.Refused;

/** The story as a person sees it: a factory, a fleet, its way onto the network, and the verdict. */
final class Story {
    /** A whole provisioning is a few seconds; this leaves room for a machine that is busy with a hundred. */
    private static final Duration DEVICE_LIMIT = Duration.ofMinutes(8);

    private static final Duration DRAW_PERIOD = Duration.ofMillis(200);

    /** It asks with its first telemetry, and waits for the answer; more on a busy machine. */
    private static final Duration RENEWAL_LIMIT = Duration.ofMinutes(2);

    private final Options options;
    private final Terminal terminal;
    private final Supplier<Instant> now;

    Story(Options options, Terminal terminal, Supplier<Instant> now) {
        this.options = options;
        this.terminal = terminal;
        this.now = now;
    }

    /** @return whether every device ended as it should */
    boolean tell(Lab lab) throws IOException, Refused, InterruptedException {
        Instant start = now.get();
        List<LabDevice> devices = lab.make();
        LabDevice last = devices.get(devices.size() - 1);
        if (options.tamper()) {
            Lab.tamper(last);
            terminal.line("Device " + last.number() + " was changed in the field: " + last.configuration());
        }
        terminal.line("Supplier acme made " + devices.size() + " device" + (devices.size() == 1 ? "" : "s")
                + "; subscriber fleet chose " + Lab.OPERATOR + "; initial connectivity is activated.");
        List<DeviceRun> runs = new ArrayList<>();
        try {
            for (LabDevice device : devices) {
                runs.add(lab.place(device, options.tamper() && device.equals(last), attached()));
            }
            return live(lab, runs, start);
        } finally {
            runs.forEach(DeviceRun::close);
        }
    }

    private BiConsumer<String, String> attached() {
        if (options.devices() > 1) {
            return (network, imsi) -> {};
        }
        return (network, imsi) -> {
            if (!LabSettings.REGISTRATION.isHomeOf(new Imsi(imsi))) { // else it is a PCID
                terminal.line(terminal.styled(Style.GOOD, "   +") + "  M2ME → SHO            attaches to " + network
                        + " with its subscription " + imsi + ", authenticated by the SHO's own AuC");
            }
        };
    }

    private boolean live(Lab lab, List<DeviceRun> runs, Instant start) throws IOException, InterruptedException {
        terminal.line("");
        if (runs.size() == 1) {
            StepLines lines = new StepLines(terminal);
            lines.heading();
            lab.traces().onEvent(lines::show);
        }
        try (MemoryWatch memory = new MemoryWatch(() -> processes(runs))) {
            Fleet fleet = new Fleet(lab, runs);
            List<Outcome> outcomes = fleet.run();
            Duration wall = Duration.between(start, now.get());
            Summary summary = new Summary(terminal, options.cellular());
            if (runs.size() == 1) {
                lastLine(outcomes.get(0));
            }
            summary.show(outcomes, new Summary.Machine(wall, memory.peakKiB(), fleet.mostUnder.get()));
            boolean good = outcomes.stream().allMatch(Outcome::good);
            if (good && options.renews()) {
                good = renewals(runs);
            }
            if (good && options.change().isPresent()) {
                good = secondAct(lab, runs, options.change().get());
            }
            if (options.keep()) {
                new Guide(terminal).show(lab, runs);
                new CountDownLatch(1).await(); // until somebody interrupts the program
            }
            return good;
        }
    }

    private boolean renewals(List<DeviceRun> runs) throws InterruptedException {
        boolean all = true;
        for (DeviceRun run : runs) {
            if (!run.isTampered()) {
                all &= renewal(run);
            }
        }
        return all;
    }

    private boolean renewal(DeviceRun run) throws InterruptedException {
        try {
            DeviceRun.Renewed now = run.renewed().get(RENEWAL_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            terminal.line(run.device() + " has renewed its PCID "
                    + run.device().made().pcid() + ": it is " + now.pcid() + " until " + now.expires() + ".");
            return true;
        } catch (TimeoutException | ExecutionException late) {
            terminal.line(run.device() + " has not renewed its PCID within " + RENEWAL_LIMIT.toSeconds() + " s.");
            return false;
        }
    }

    private boolean secondAct(Lab lab, List<DeviceRun> runs, ChangeWay way) throws InterruptedException {
        List<DeviceRun> sound = runs.stream().filter(run -> !run.isTampered()).toList();
        List<Outcome> outcomes = new SecondAct(way, options.cellular(), terminal, now).play(lab, sound);
        boolean good = outcomes.stream().allMatch(Outcome::good);
        long changed = outcomes.stream().filter(Outcome::good).count();
        terminal.line(terminal.styled(
                good ? Style.GOOD : Style.BAD,
                "VERDICT: " + (good ? "good. " : "bad. ") + changed + " of " + outcomes.size()
                        + " devices work with the subscription of " + Lab.OTHER_OPERATOR + "."));
        outcomes.stream()
                .filter(outcome -> !outcome.good())
                .forEach(outcome -> terminal.line(outcome.run().device() + ": " + outcome.words()));
        return good;
    }

    private void lastLine(Outcome outcome) {
        if (!outcome.good() || outcome.run().isTampered()) {
            return;
        }
        ActivationWatch activation = outcome.run().activation();
        String plus = terminal.styled(Style.GOOD, "   +");
        String sends = "  M2ME → subscriber     sends its first telemetry over the operational bearer";
        activation
                .application()
                .ifPresent(server -> terminal.line(plus
                        + "  M2ME → subscriber     asks its activation service (5.2.5.3.5.2) with whom to work, is told, signed: "
                        + activation.bytes() + " B"));
        terminal.line(plus
                + sends
                + activation
                        .application()
                        .map(server -> ", to its M2M application server " + server + ": "
                                + activation.firstTelemetryBytes().orElse(0L) + " B with DTLS handshake")
                        .orElse(""));
    }

    private static List<Long> processes(List<DeviceRun> runs) {
        List<Long> ids = new ArrayList<>();
        ids.add(ProcessHandle.current().pid());
        runs.forEach(run -> run.agent().map(AgentProcess::id).ifPresent(ids::add));
        return ids;
    }

    /** All devices side by side, switched on at the same instant. */
    private final class Fleet {
        private final Lab lab;
        private final List<DeviceRun> runs;
        private final CountDownLatch power = new CountDownLatch(1);
        private final AtomicInteger good = new AtomicInteger();
        private final AtomicInteger bad = new AtomicInteger();
        private final AtomicInteger under = new AtomicInteger();
        private final AtomicInteger mostUnder = new AtomicInteger();

        Fleet(Lab lab, List<DeviceRun> runs) {
            this.lab = lab;
            this.runs = runs;
        }

        List<Outcome> run() throws InterruptedException {
            List<Outcome> outcomes = Collections.synchronizedList(new ArrayList<>());
            ExecutorService threads = Executors.newFixedThreadPool(runs.size());
            Instant start = now.get();
            ProgressBar bar = new ProgressBar(terminal, runs.size(), "provisioned");
            try {
                for (DeviceRun run : runs) {
                    threads.execute(() -> outcomes.add(live(run)));
                }
                power.countDown();
                threads.shutdown();
                while (!threads.awaitTermination(DRAW_PERIOD.toMillis(), TimeUnit.MILLISECONDS)) {
                    if (runs.size() > 1) {
                        bar.show(good.get(), bad.get(), under.get(), Duration.between(start, now.get()));
                    }
                }
            } finally {
                threads.shutdownNow(); // else agents that are stopped with the lab would be started again
            }
            outcomes.sort(
                    Comparator.comparingInt(outcome -> outcome.run().device().number()));
            return outcomes;
        }

        private Outcome live(DeviceRun run) {
            try {
                power.await();
                lab.switchOn(run);
                mostUnder.accumulateAndGet(under.incrementAndGet(), Math::max);
                Restarts restarts = new Restarts(lab, run, terminal);
                do {
                    await(run);
                } while (restarts.afterKill());
                return count(Outcome.of(run, options.cellular(), lab.network().subscriber()));
            } catch (IOException failed) {
                return count(new Outcome(run, false, failed.toString()));
            } catch (InterruptedException stopping) {
                Thread.currentThread().interrupt();
                return count(new Outcome(run, false, "was interrupted"));
            }
        }

        /** An agent that is kept does not end: its device has arrived when it works, or was refused. */
        private void await(DeviceRun run) throws InterruptedException {
            if (!options.keep() && options.change().isEmpty()) {
                run.await(DEVICE_LIMIT);
                return;
            }
            Instant end = now.get().plus(DEVICE_LIMIT);
            while (now.get().isBefore(end)
                    && !Outcome.of(run, options.cellular(), lab.network().subscriber())
                            .good()) {
                run.await(DRAW_PERIOD);
                if (run.status() >= 0) {
                    return;
                }
            }
        }

        private Outcome count(Outcome outcome) {
            under.decrementAndGet();
            (outcome.good() ? good : bad).incrementAndGet();
            return outcome;
        }
    }
}
