// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bench;

import static java.util.stream.Collectors.toMap;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.step.Procedure;

/**
 * A fleet is made, provisioned, and moved to and fro by campaigns: to an operator that does not ask the IVF, and back to one
 * that does. So both ways are measured in the same network, on the same day of the same PVA's life.
 */
final class Moves {
    private static final Duration DEVICE = Duration.ofMinutes(20); // only one that hangs takes that long
    private static final int PER_MINUTE = Campaigns.DEVICES_MAX; // nothing is held back: the machine is the limit
    private static final int WARM_UP = 3; // each way
    private static final int ALL = 100; // percent
    private static final int WARM_UP_ROUNDS = 2_000;
    private static final int WARM_UP_DEVICES = 80; // as many as come in five seconds on two cores
    private static final long LOOK_MILLIS = 200;
    private static final long SETTLE_MILLIS = 2_000; // what is owed to others is told in a fraction of a second

    private final Path directory;
    private final Clock clock;
    private final SecureRandom random;
    private final Progress progress;
    private int moves; // so far

    Moves(Path directory, Clock clock, SecureRandom random, Progress progress) {
        this.directory = directory;
        this.clock = clock;
        this.random = random;
        this.progress = progress;
    }

    /**
     * Moves the fleet to and fro, first until Java's compiler has seen all that the PVA does, and often; then it measures.
     *
     * @param percent of the devices have new firmware, for each move, since they were validated
     * @param times that each way is measured
     */
    Comparison run(int devices, int percent, int times)
            throws IOException, Refused, TrustException, InterruptedException {
        progress.begin("fleet");
        try (FleetNetwork network = new FleetNetwork(directory, clock, random);
                Fleet fleet = new Fleet(network, directory.resolve("devices"), clock, random, progress)) {
            fleet.make(devices);
            fleet.provision();
            warmUp(network, fleet.names());
            List<Taken> off = new ArrayList<>();
            List<Taken> on = new ArrayList<>();
            for (int time = 1 - WARM_UP; time <= times; time++) {
                String which = time > 0 ? time + " of " + times : "to warm up";
                // Else the PVA would look for ever older releases, and most often where it validates most.
                fleet.update(ALL);
                fleet.update(percent);
                Taken without = measured(network, fleet, Names.WITHOUT, which);
                fleet.update(percent);
                Taken with = measured(network, fleet, Names.WITH, which);
                if (time > 0) {
                    off.add(without);
                    on.add(with);
                }
            }
            return new Comparison(new Way("IVF on", on), new Way("IVF off", off), percent);
        }
    }

    /**
     * A PVA that has been at work for a day has answered many rounds of questions about authenticity. A move asks so few that
     * they would be measured while they are still interpreted.
     */
    private void warmUp(FleetNetwork network, List<Ueid> devices) throws IOException, Refused {
        Pva pva = network.client(Names.WITH_SHO, Pva.class, Names.PVA);
        for (int round = 1; round <= WARM_UP_ROUNDS; round++) {
            List<Pva.Applicant> applicants = new ArrayList<>();
            for (Ueid device : devices.subList(0, Math.min(WARM_UP_DEVICES, devices.size()))) {
                applicants.add(new Pva.Applicant(Nonce.random(random), device));
            }
            pva.authenticate(Names.WITH, applicants);
            progress.show("rounds to warm up", round, WARM_UP_ROUNDS);
        }
    }

    private Taken measured(FleetNetwork network, Fleet fleet, Plmn to, String which)
            throws IOException, Refused, InterruptedException {
        progress.begin((to.equals(Names.WITH) ? "IVF on, " : "IVF off, ") + which);
        String sho = Names.sho(to);
        Sho operator = network.client(Names.consoleOf(sho), Sho.class, sho);
        Sho.ValidationCounts countsBefore = operator.validationCounts();
        Pva pva = network.pvaCounters();
        Pva.Counters countersBefore = pva.counters();
        PvaProcess.Cpu before = network.pva().cpu();
        Instant begun = clock.instant();
        List<Air> air = move(network, fleet, to);
        Duration wall = Duration.between(begun, clock.instant());
        TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
        PvaProcess.Cpu campaign = network.pva().cpu().since(before);
        Pva.Counters counters = pva.counters().since(countersBefore);
        Air all = new Air(
                air.stream().mapToLong(Air::all).sum(),
                air.stream().mapToLong(Air::validation).sum());
        return new Taken(air.size(), counters, campaign, all, wall, since(countsBefore, operator.validationCounts()));
    }

    private static Sho.ValidationCounts since(Sho.ValidationCounts before, Sho.ValidationCounts now) {
        return new Sho.ValidationCounts(
                now.validations() - before.validations(),
                since(before.answers(), now.answers()),
                since(before.fallBacks(), now.fallBacks()));
    }

    private static List<Count> since(List<Count> before, List<Count> now) {
        Map<String, Long> earlier = before.stream().collect(toMap(Count::name, Count::number));
        return now.stream()
                .map(count -> new Count(count.name(), count.number() - earlier.getOrDefault(count.name(), 0L)))
                .filter(count -> count.number() > 0)
                .toList();
    }

    /** By a campaign of the operator that the fleet moves to. @return what each device took on the air */
    private List<Air> move(FleetNetwork network, Fleet fleet, Plmn to)
            throws IOException, Refused, InterruptedException {
        List<Ueid> devices = fleet.names();
        network.client(Names.consoleOf(Names.SUBSCRIBER), Subscriber.class, Names.SUBSCRIBER)
                .agree(new Agreement(to, Procedure.CHANGE, devices));
        String sho = Names.sho(to);
        Campaigns campaigns = network.client(Names.consoleOf(sho), Campaigns.class, sho);
        Limits limits =
                new Limits(devices.size(), 100, (int) DEVICE.toSeconds(), 1, 2 * Fleet.AT_ONCE, PER_MINUTE, PER_MINUTE);
        String name = "move-" + ++moves;
        campaigns.begin(new Plan(name, Names.FLEET, Procedure.CHANGE, devices, limits, Optional.empty()));
        List<Air> air = fleet.change();
        awaitEnd(campaigns, name, devices.size());
        return air;
    }

    private static void awaitEnd(Campaigns campaigns, String name, int devices) throws Refused, InterruptedException {
        Campaigns.Status status = campaigns.status(name);
        while (status.state() == State.RUNNING) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            status = campaigns.status(name);
        }
        long done = status.outcomes().stream()
                .filter(count -> count.name().equals(Outcome.DONE.name()))
                .mapToLong(Count::number)
                .sum();
        if (done != devices) {
            throw new IllegalStateException("campaign: " + status);
        }
    }
}
