// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.m2me.bench.LightDevice.Air;
import org.m2me.hal.TrustException;
import org.m2me.operators.Campaigns;
import org.m2me.operators.Campaigns.Limits;
import org.m2me.operators.Campaigns.Outcome;
import org.m2me.operators.Campaigns.Plan;
import org.m2me.operators.Campaigns.State;
import org.m2me.operators.Count;
import org.m2me.operators.Pva;
import org.m2me.operators.Sho;
import org.m2me.operators.Subscriber;
import org.m2me.operators.Subscriber.Agreement;
import org.m2me.operators.pva.AppraisalPolicy;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.step.Procedure;

/** A fleet is made, provisioned, partly updated, and moved by a campaign, in a network of its own. */
final class OneWay {
    private static final String CAMPAIGN = "mass-change";
    private static final Duration DEVICE = Duration.ofMinutes(20); // only one that hangs takes that long
    private static final int PER_MINUTE = Campaigns.DEVICES_MAX; // nothing is held back: the machine is the limit
    private static final int CALLERS = 4; // keep two processors busy
    private static final int WARM_UPS = 3; // as many calls as the virtual machine's compiler wants to see
    private static final long LOOK_MILLIS = 200;
    private static final long SETTLE_MILLIS = 2_000; // what is owed to others is told in a fraction of a second

    private final Path directory;
    private final Clock clock;
    private final SecureRandom random;
    private final Progress progress;

    OneWay(Path directory, Clock clock, SecureRandom random, Progress progress) {
        this.directory = directory;
        this.clock = clock;
        this.random = random;
        this.progress = progress;
    }

    /** @param percent of the devices have new firmware since they were validated */
    Taken run(boolean ivf, int devices, int percent) throws IOException, Refused, TrustException, InterruptedException {
        String way = ivf ? "IVF on" : "IVF off";
        progress.begin(way);
        Path own = Files.createDirectories(directory.resolve(ivf ? "on" : "off"));
        try (FleetNetwork network = new FleetNetwork(own, ivf, clock, random);
                Fleet fleet = new Fleet(network, own.resolve("devices"), clock, random, progress)) {
            fleet.make(devices);
            fleet.provision();
            fleet.update(percent);
            for (int i = 0; i < WARM_UPS; i++) {
                checkCredentials(network, fleet); // what provisioning has not warmed up
            }
            return measure(way, network, fleet);
        }
    }

    private Taken measure(String way, FleetNetwork network, Fleet fleet)
            throws IOException, Refused, InterruptedException {
        Pva pva = network.pvaCounters();
        Sho operator = network.client(Names.consoleOf(Names.NEW_SHO), Sho.class, Names.NEW_SHO);
        Pva.Counters countersBefore = pva.counters();
        PvaProcess.Cpu before = network.pva().cpu();
        Instant begun = clock.instant();
        Campaigns campaigns = begin(network, fleet.names());
        List<Air> air = fleet.change();
        awaitEnd(campaigns, fleet.names().size());
        Duration wall = Duration.between(begun, clock.instant());
        TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
        PvaProcess.Cpu campaign = network.pva().cpu().since(before);
        Pva.Counters counters = pva.counters().since(countersBefore);
        PvaProcess.Cpu credentials = checkCredentials(network, fleet);
        Air all = new Air(
                air.stream().mapToLong(Air::all).sum(),
                air.stream().mapToLong(Air::validation).sum());
        return new Taken(way, air.size(), counters, campaign, credentials, all, wall, operator.validationCounts());
    }

    private static Campaigns begin(FleetNetwork network, List<Ueid> devices) throws IOException, Refused {
        network.client(Names.consoleOf(Names.SUBSCRIBER), Subscriber.class, Names.SUBSCRIBER)
                .agree(new Agreement(Names.NEW, Procedure.CHANGE, devices));
        Campaigns campaigns = network.client(Names.consoleOf(Names.NEW_SHO), Campaigns.class, Names.NEW_SHO);
        Limits limits =
                new Limits(devices.size(), 100, (int) DEVICE.toSeconds(), 1, 2 * Fleet.AT_ONCE, PER_MINUTE, PER_MINUTE);
        campaigns.begin(new Plan(CAMPAIGN, Names.FLEET, Procedure.CHANGE, devices, limits, Optional.empty()));
        return campaigns;
    }

    private static void awaitEnd(Campaigns campaigns, int devices) throws Refused, InterruptedException {
        Campaigns.Status status = campaigns.status(CAMPAIGN);
        while (status.state() == State.RUNNING) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            status = campaigns.status(CAMPAIGN);
        }
        long done = status.outcomes().stream()
                .filter(count -> count.name().equals(Outcome.DONE.name()))
                .mapToLong(Count::number)
                .sum();
        if (done != devices) {
            throw new IllegalStateException("campaign: " + status);
        }
    }

    /** As many as there are devices, by the operator that they change to. @return what it took of the PVA's process */
    private PvaProcess.Cpu checkCredentials(FleetNetwork network, Fleet fleet)
            throws IOException, InterruptedException {
        Pva pva = network.client(Names.NEW_SHO, Pva.class, Names.PVA);
        PvaProcess.Cpu before = network.pva().cpu();
        ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
        try {
            List<Future<?>> calls = new ArrayList<>();
            for (Ueid device : fleet.names()) {
                Pva.Request request =
                        new Pva.Request(Nonce.random(random), device, Names.NEW, AppraisalPolicy.BASELINE.id());
                calls.add(threads.submit(() -> pva.authenticate(request)));
            }
            for (Future<?> call : calls) {
                call.get();
            }
            return network.pva().cpu().since(before);
        } catch (ExecutionException failed) {
            throw new IllegalStateException("a credential is not good: " + failed.getCause(), failed);
        } finally {
            threads.shutdownNow();
        }
    }
}
