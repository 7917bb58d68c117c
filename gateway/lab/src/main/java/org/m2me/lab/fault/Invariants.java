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
import java.util.concurrent.TimeUnit;
import org.m2me.lab.device.DeviceRun;
import org.m2me.lab.network.LabNetwork;
import org.m2me.operators.Sho.Progress;
import org.m2me.operators.Sho.Standing;
import org.m2me.operators.Unavailable;
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

    /** What does not hold, in words, when roles have told each other what they owed; empty when all is as it must be. */
    public List<String> settle(List<DeviceRun> runs) throws Refused, InterruptedException {
        Instant end = clock.instant().plus(SETTLE_LIMIT);
        List<String> broken = look(runs);
        while (!broken.isEmpty() && clock.instant().isBefore(end)) {
            TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
            broken = look(runs);
        }
        return broken;
    }

    private List<String> look(List<DeviceRun> runs) throws Refused {
        try {
            return broken(runs);
        } catch (Unavailable | IllegalStateException starting) {
            return List.of("a role is not back yet: " + starting.getMessage());
        }
    }

    private List<String> broken(List<DeviceRun> runs) throws Refused {
        List<String> broken = new ArrayList<>();
        Map<String, String> owners = new HashMap<>();
        for (DeviceRun run : runs) {
            String device = run.device().toString();
            List<Standing> standings =
                    network.operator().registrations(run.device().ueid());
            List<Standing> live = standings.stream()
                    .filter(standing -> standing.progress() == Progress.PROVISIONED)
                    .toList();
            List<String> held = standings.stream()
                    .flatMap(standing -> standing.imsi().stream())
                    .map(Object::toString)
                    .toList();
            if (live.size() != 1) {
                broken.add(device + ": " + live.size() + " registrations are provisioned, not one");
            }
            if (held.size() != 1) {
                broken.add(device + ": holds the subscriptions " + held + ", not one");
            }
            if (!held.contains(run.imsi())) {
                broken.add(device + ": is on the air as " + run.imsi() + ", its operator gave it " + held);
            }
            if (standings.stream().anyMatch(standing -> isOpen(standing.progress()))) {
                broken.add(device + ": a registration is still open");
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

    private static boolean isOpen(Progress progress) {
        return progress == Progress.VALIDATING || progress == Progress.AUTHORIZED;
    }
}
