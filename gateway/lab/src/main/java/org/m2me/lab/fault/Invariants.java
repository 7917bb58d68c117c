// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.fault;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.m2me.lab.network.Billing;
import org.m2me.lab.network.LabNetwork;
import org.m2me.lab.network.LabSettings;
import org.m2me.operators.Sho.Progress;
import org.m2me.operators.Sho.Standing;
import org.m2me.operators.Subscriber;
import org.m2me.operators.Subscriber.Ordered;
import org.m2me.operators.Subscriber.Subscriptions;
import org.m2me.operators.Unavailable;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;

/** What must hold once everything is quiet again, whatever went wrong before: device, owner and all roles agree. */
public final class Invariants {
    /** What roles owe each other is repeated every 10 s at the latest. */
    private static final Duration SETTLE_LIMIT = Duration.ofSeconds(60);

    private static final Duration LOOK = Duration.ofMillis(500);
    /** Any of the first 99,999 subscriptions; shorter, it might be anything. */
    private static final String IMSI_GOES_ON = "00000";

    private final LabNetwork network;
    private final Clock clock;

    public Invariants(LabNetwork network, Clock clock) {
        this.network = network;
        this.clock = clock;
    }

    /** What does not hold, in words, when roles have told each other what they owed; empty when all is as it must be. */
    public List<String> settle(List<Expected> devices) throws Refused, InterruptedException {
        return settle(() -> broken(devices));
    }

    /** One look at everything. */
    private interface Look {
        List<String> broken() throws Refused;
    }

    private List<String> settle(Look look) throws Refused, InterruptedException {
        Instant end = clock.instant().plus(SETTLE_LIMIT);
        List<String> broken = once(look);
        while (!broken.isEmpty() && clock.instant().isBefore(end)) {
            TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
            broken = once(look);
        }
        return broken;
    }

    private static List<String> once(Look look) throws Refused {
        try {
            return look.broken();
        } catch (Unavailable | IllegalStateException starting) {
            return List.of("a role is not back yet: " + starting.getMessage());
        }
    }

    private List<String> broken(List<Expected> devices) throws Refused {
        List<String> broken = new ArrayList<>();
        Map<String, String> owners = new HashMap<>();
        for (Expected expected : devices) {
            String device = expected.run().device().toString();
            List<String> held = new ArrayList<>();
            for (Plmn operator : List.of(LabSettings.HOME, LabSettings.OTHER)) {
                List<Standing> standings = network.operator(operator)
                        .registrations(expected.run().device().ueid());
                List<String> ofThisOne = held(standings);
                atOperator(standings, ofThisOne, expected.operators().contains(operator) ? 1 : 0)
                        .forEach(fault -> broken.add(device + ": " + operator + ": " + fault));
                held.addAll(ofThisOne);
            }
            aroundIt(expected, held).forEach(fault -> broken.add(device + ": " + fault));
            for (String imsi : held) {
                String other = owners.put(imsi, device);
                if (other != null) {
                    broken.add(imsi + ": belongs to " + other + " and " + device);
                }
            }
        }
        broken.addAll(charges(devices));
        return broken;
    }

    /** Of all that only what devices are charged: of one that has left its network, each session in full. */
    public List<String> settleCharges(List<Expected> devices) throws Refused, InterruptedException {
        return settle(() -> charges(devices));
    }

    private List<String> charges(List<Expected> devices) {
        Billing billing = network.billing();
        List<String> broken = new ArrayList<>();
        long owed = billing.owedReports();
        if (owed > 0) {
            broken.add("networks have not told yet what was used: " + owed + " reports");
        }
        Charges charges = new Charges(billing.charged(), billing.isTold()); // whatever was repeated is counted now
        for (Expected expected : devices) {
            charges.broken(expected.run().carried().sessions())
                    .forEach(fault -> broken.add(expected.run().device() + ": " + fault));
        }
        return broken;
    }

    /** What everybody else says of a device. @param held the subscriptions that operators gave it */
    private List<String> aroundIt(Expected expected, List<String> held) throws Refused {
        List<String> broken = new ArrayList<>();
        String imsi = expected.run().imsi();
        Ueid device = expected.run().device().ueid();
        if (!held.contains(imsi) || !imsi.startsWith(LabSettings.imsisOf(expected.used()))) {
            broken.add("is on the air as " + imsi + ", its operators gave it " + held + ", in use is that of "
                    + expected.used());
        }
        if (network.hasMail(device)) {
            broken.add("the DPF still has mail for it");
        }
        Subscriptions owners = network.subscriber().subscriptions(device);
        if (!owners.equals(new Subscriptions(expected.used(), expected.besides()))) {
            broken.add("its owner believes in " + owners);
        }
        for (Ordered order : network.subscriber().orders(device)) {
            if (order.progress() == Subscriber.Progress.ORDERED || order.progress() == Subscriber.Progress.TAKEN) {
                broken.add("an order has no end: " + order);
            }
        }
        Optional<Plmn> sentTo = network.drf().operatorOf(device);
        if (sentTo.filter(expected.operators()::contains).isEmpty()) {
            broken.add("the DRF sends it to " + sentTo.map(Plmn::toString).orElse("nobody"));
        }
        return broken;
    }

    /** What the other operator knows of the first one, of which it must know nothing: its files are read. */
    public List<String> secrecy() throws IOException {
        List<String> broken = new ArrayList<>();
        Path files = network.operatorDirectory(LabSettings.OTHER);
        for (String words :
                List.of(LabSettings.HOME.toString(), LabSettings.imsisOf(LabSettings.HOME) + IMSI_GOES_ON)) {
            try (Stream<Path> all = Files.list(files)) {
                for (Path file : all.filter(Files::isRegularFile).toList()) {
                    if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(words)) {
                        broken.add(LabSettings.OTHER + " knows of the operator before: " + words + " is in " + file);
                    }
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
