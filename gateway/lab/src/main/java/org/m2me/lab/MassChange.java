// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.m2me.lab.console.Comparison;
import org.m2me.lab.console.ProgressBar;
import org.m2me.lab.console.Terminal;
import org.m2me.lab.console.Terminal.Style;
import org.m2me.lab.device.DeviceRun;
import org.m2me.lab.device.LabDevice;
import org.m2me.operators.Campaigns;
import org.m2me.operators.Campaigns.Limits;
import org.m2me.operators.Campaigns.Plan;
import org.m2me.operators.Campaigns.State;
import org.m2me.operators.Campaigns.Status;
import org.m2me.operators.Count;
import org.m2me.operators.Pva;
import org.m2me.operators.Sho;
import org.m2me.operators.Subscriber.Agreement;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.step.Procedure;

/** A fleet is provisioned, and then moved by a campaign; what that took of the PVA, the air and time is measured. */
final class MassChange {
    private static final String CAMPAIGN = "fleet-change";
    private static final Duration ARRIVAL = Duration.ofMinutes(20);
    private static final Duration CHANGE = Duration.ofMinutes(20);
    private static final Duration DRAW_PERIOD = Duration.ofMillis(500);
    private static final int PER_MINUTE = 10_000; // nothing is held back: the machine is the limit

    private final Lab lab;
    private final Options options;
    private final Terminal terminal;
    private final Clock clock;

    MassChange(Lab lab, Options options, Terminal terminal, Clock clock) {
        this.lab = lab;
        this.options = options;
        this.terminal = terminal;
        this.clock = clock;
    }

    /**
     * What the campaign took, from its beginning until each device had an outcome.
     *
     * @param ivf whether the IVF was asked
     * @param done devices that arrived
     * @param pva what the PVA did for it
     * @param sho what the new operator asked for
     * @param bytes on the air for each device, on average
     */
    record Result(
            boolean ivf,
            int devices,
            long done,
            Pva.Counters pva,
            Sho.ValidationCounts sho,
            long bytes,
            Duration wall) {
        boolean good() {
            return done == devices;
        }

        Comparison.Column column() {
            return new Comparison.Column(
                    ivf ? "IVF on" : "IVF off",
                    done,
                    pva.validations(),
                    pva.authentications(),
                    pva.validationCpu().plus(pva.authenticationCpu()),
                    bytes,
                    wall,
                    sho);
        }
    }

    /** @param updated how many devices get new firmware between provisioning and campaign */
    Result run(int updated) throws IOException, Refused, InterruptedException {
        terminal.line("");
        terminal.line(terminal.styled(
                Style.HEADING,
                String.format(
                        Locale.ROOT,
                        "%d devices of %s change to %s, %s",
                        options.devices(),
                        Lab.OPERATOR,
                        Lab.OTHER_OPERATOR,
                        options.ivf() ? "which asks the IVF" : "which has the PVA validate each")));
        List<DeviceRun> runs = new ArrayList<>();
        try {
            for (LabDevice device : lab.make()) {
                runs.add(lab.place(device, false, (network, imsi) -> {}));
            }
            run(runs, "provisioned", Supervision::work);
            if (updated > 0) {
                List<DeviceRun> some = runs.subList(0, updated);
                some.forEach(DeviceRun::cut);
                lab.update(some.stream().map(DeviceRun::device).toList());
                run(some, "updated", Supervision::workAgain);
            }
            return campaign(runs);
        } finally {
            runs.forEach(DeviceRun::close);
        }
    }

    /** What each device of a fleet does at the same time. */
    private interface Act {
        Outcome of(Supervision supervision, DeviceRun run, Duration limit) throws IOException, InterruptedException;
    }

    private void run(List<DeviceRun> runs, String word, Act act) throws InterruptedException {
        AtomicInteger good = new AtomicInteger();
        AtomicInteger bad = new AtomicInteger();
        Supervision supervision = new Supervision(lab, clock);
        ExecutorService threads = Executors.newFixedThreadPool(runs.size());
        ProgressBar bar = new ProgressBar(terminal, runs.size(), word);
        Instant start = clock.instant();
        try {
            List<Future<?>> arrivals = new ArrayList<>();
            for (DeviceRun run : runs) {
                Callable<?> arrive = () -> (act.of(supervision, run, ARRIVAL).good() ? good : bad).incrementAndGet();
                arrivals.add(threads.submit(arrive));
            }
            for (Future<?> arrival : arrivals) {
                while (!arrival.isDone()) {
                    bar.show(good.get(), bad.get(), runs.size() - good.get() - bad.get(), since(start));
                    TimeUnit.MILLISECONDS.sleep(DRAW_PERIOD.toMillis());
                }
                arrival.get();
            }
            bar.show(good.get(), bad.get(), 0, since(start));
        } catch (ExecutionException fault) {
            throw new IllegalStateException("the fleet is not on the air: " + fault.getCause(), fault);
        } finally {
            threads.shutdownNow();
        }
        terminal.line(word + ": " + good.get() + " of " + runs.size() + " after "
                + since(start).toSeconds() + " s");
    }

    private Result campaign(List<DeviceRun> runs) throws Refused, InterruptedException {
        List<Ueid> devices = runs.stream().map(run -> run.device().ueid()).toList();
        Pva.Counters before = lab.network().pva().counters();
        long bytesBefore = bytes(runs);
        Instant start = clock.instant();
        lab.network().subscriber().agree(new Agreement(Lab.OTHER_OPERATOR, Procedure.CHANGE, devices));
        Campaigns campaigns = lab.network().campaigns(Lab.OTHER_OPERATOR);
        int count = devices.size();
        Limits limits = new Limits(count, 100, (int) CHANGE.toSeconds(), 2, count, PER_MINUTE, PER_MINUTE);
        campaigns.begin(new Plan(CAMPAIGN, "fleet", Procedure.CHANGE, devices, limits, Optional.empty()));
        Status status = follow(campaigns, count, start);
        Duration wall = since(start);
        return new Result(
                options.ivf(),
                count,
                of(status, Campaigns.Outcome.DONE),
                lab.network().pva().counters().since(before),
                lab.network().operator(Lab.OTHER_OPERATOR).validationCounts(),
                (bytes(runs) - bytesBefore) / count,
                wall);
    }

    private Status follow(Campaigns campaigns, int count, Instant start) throws Refused, InterruptedException {
        ProgressBar bar = new ProgressBar(terminal, count, "changed");
        while (true) {
            Status status = campaigns.status(CAMPAIGN);
            int done = (int) of(status, Campaigns.Outcome.DONE);
            int bad = (int) (of(status, Campaigns.Outcome.FAILED)
                    + of(status, Campaigns.Outcome.FELL_BACK)
                    + of(status, Campaigns.Outcome.OFFLINE));
            bar.show(done, bad, (int) of(status, Campaigns.Outcome.ORDERED), since(start));
            if (status.state() == State.ENDED || status.state() == State.STOPPED) {
                terminal.line("changed: " + done + " of " + count + " after "
                        + since(start).toSeconds() + " s" + (status.reason().isEmpty() ? "" : ", " + status.reason()));
                return status;
            }
            TimeUnit.MILLISECONDS.sleep(DRAW_PERIOD.toMillis());
        }
    }

    private static long of(Status status, Campaigns.Outcome outcome) {
        return status.outcomes().stream()
                .filter(count -> count.name().equals(outcome.name()))
                .mapToLong(Count::number)
                .sum();
    }

    private static long bytes(List<DeviceRun> runs) {
        return runs.stream().mapToLong(run -> run.air().total()).sum();
    }

    private Duration since(Instant start) {
        return Duration.between(start, clock.instant());
    }
}
