// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.fault;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.m2me.lab.device.DeviceRun;
import org.m2me.lab.network.LabNetwork;
import org.m2me.lab.network.LabSettings;
import org.m2me.operators.Sho.Progress;
import org.m2me.operators.Sho.Standing;
import org.m2me.operators.Unavailable;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.message.Refused;

/** What must hold once everything is quiet again, whatever went wrong before: device, DPF and SHO agree. */
public final class Invariants {
    /** What roles owe each other is repeated every 10 s at the latest. */
    private static final Duration SETTLE_LIMIT = Duration.ofSeconds(60);

    private static final Duration LOOK = Duration.ofMillis(500);

    private final LabNetwork network;
    private final Clock clock;

    public Invariants(LabNetwork network, Clock clock) {
        this.network = network;
        this.clock = clock;
    }

    /** As {@link #settle(List, Set)}, of devices that have their first subscription. */
    public List<String> settle(List<DeviceRun> runs) throws Refused, InterruptedException {
        return settle(runs, Set.of(LabSettings.HOME));
    }

    /**
     * What does not hold, in words, when roles have told each other what they owed; empty when all is as it must be.
     *
     * @param operators that each device has a subscription of, and of no other
     */
    public List<String> settle(List<DeviceRun> runs, Set<Plmn> operators) throws Refused, InterruptedException {
        Instant end = clock.instant().plus(SETTLE_LIMIT);
        List<String> broken = look(runs, operators);
        while (!broken.isEmpty() && clock.instant().isBefore(end)) {
            TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
            broken = look(runs, operators);
        }
        return broken;
    }

    private List<String> look(List<DeviceRun> runs, Set<Plmn> operators) throws Refused {
        try {
            return broken(runs, operators);
        } catch (Unavailable | IllegalStateException starting) {
            return List.of("a role is not back yet: " + starting.getMessage());
        }
    }

    private List<String> broken(List<DeviceRun> runs, Set<Plmn> operators) throws Refused {
        List<String> broken = new ArrayList<>();
        Map<String, String> owners = new HashMap<>();
        for (DeviceRun run : runs) {
            String device = run.device().toString();
            List<String> held = new ArrayList<>();
            for (Plmn operator : List.of(LabSettings.HOME, LabSettings.OTHER)) {
                List<Standing> standings =
                        network.operator(operator).registrations(run.device().ueid());
                List<String> ofThisOne = held(standings);
                atOperator(standings, ofThisOne, operators.contains(operator) ? 1 : 0)
                        .forEach(fault -> broken.add(device + ": " + operator + ": " + fault));
                held.addAll(ofThisOne);
            }
            if (!held.contains(run.imsi())) {
                broken.add(device + ": is on the air as " + run.imsi() + ", its operators gave it " + held);
            }
            if (network.hasMail(run.device().ueid())) {
                broken.add(device + ": the DPF still has mail for it");
            }
            for (String imsi : held) {
                String other = owners.put(imsi, device);
                if (other != null) {
                    broken.add(imsi + ": belongs to " + other + " and " + device);
                }
            }
        }
        return broken;
    }

    private static List<String> held(List<Standing> standings) {
        return standings.stream()
                .flatMap(standing -> standing.imsi().stream())
                .map(Object::toString)
                .toList();
    }

    private static List<String> atOperator(List<Standing> standings, List<String> held, int wanted) {
        List<String> broken = new ArrayList<>();
        long live = standings.stream()
                .filter(standing -> standing.progress() == Progress.PROVISIONED)
                .count();
        if (live != wanted) {
            broken.add(live + " registrations are provisioned, not " + wanted);
        }
        if (held.size() != wanted) {
            broken.add("holds the subscriptions " + held + ", not " + wanted);
        }
        if (standings.stream().anyMatch(standing -> isOpen(standing.progress()))) {
            broken.add("a registration is still open");
        }
        return broken;
    }

    private static boolean isOpen(Progress progress) {
        return progress == Progress.VALIDATING || progress == Progress.AUTHORIZED;
    }
}
