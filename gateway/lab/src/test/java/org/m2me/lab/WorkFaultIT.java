// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.m2me.lab.device.DeviceRun;
import org.m2me.lab.fault.Aboard;
import org.m2me.lab.fault.AirFault;
import org.m2me.lab.fault.Expected;
import org.m2me.lab.fault.Fault;
import org.m2me.lab.fault.FaultNetwork;
import org.m2me.lab.fault.Faults;
import org.m2me.lab.network.LabNetwork;
import org.m2me.operators.Ccif;
import org.m2me.operators.Icf;
import org.m2me.operators.PcidRecord;
import org.m2me.operators.Supplier;
import org.m2me.operators.Supplier.Made;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;
import org.m2me.protocol.step.Step;

/**
 * A device that begins to work asks with whom, and for a new PCID: under faults. Afterwards it has one PCID, which works; its
 * old one rests; its telemetry is where its owner wants it, all of it.
 */
@Tag("long")
@Execution(ExecutionMode.CONCURRENT)
class WorkFaultIT {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final SecureRandom RANDOM = new SecureRandom();

    // The CCIF gives out PCIDs in their order: to the device when it is made, to it again, to whoever comes next.
    private static final Pcid NEW = Pcid.of("901700000000002");
    private static final Pcid NEXT = Pcid.of("901700000000003");

    /** Every message of the device, and every call between roles, that has a part in it. */
    private static final List<String> CALLS = List.of(
            "subscriber.fleet device.ACTIVATION",
            "subscriber.fleet device.TELEMETRY",
            "drf.901-70 device.REGISTER",
            "ccif ccif.renew",
            "supplier.acme supplier.renew",
            "ccif ccif.successor",
            "icf.901-70 icf.acceptSuccessor",
            "dpf.901-70 dpf.deliver",
            "dpf.901-70 device.MAIL",
            "dpf.901-70 device.REPORT",
            "supplier.acme supplier.renewed",
            "ccif ccif.release",
            "icf.901-70 icf.deactivate");

    private static final Pattern EVENT = Pattern.compile("\"event\":\"([a-z-]+)\"(?:.*\"resource\":\"([A-Z]+)\")?");

    /** Things go wrong once. */
    private enum Weather {
        FAIR,
        STORM,
        OVER
    }

    @TempDir
    Path directory;

    private final AtomicReference<Weather> weather = new AtomicReference<>(Weather.FAIR);
    private volatile long atGatewayBefore;

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"REQUEST_LOST", "REPLY_LOST", "DOUBLED", "KILLED_BEFORE", "KILLED_AFTER", "WRITE_REFUSED"})
    void getsANewPcidAndWorksAsItsOwnerWantsAlthoughEachCallIsHarmedOnce(Fault fault) throws Exception {
        Set<String> harmed = ConcurrentHashMap.newKeySet();
        try (LabHarness lab = lab((role, call) ->
                storms() && !Faults.WATCHING.contains(call) && harmed.add(role + " " + call) ? fault : Fault.NONE)) {
            DeviceRun run = lab.place(0).get(0);
            beginsToWork(lab, run, line -> {});

            List<Long> arrived = sequences(lab, run);
            assertThat(arrived)
                    .isEqualTo(LongStream.rangeClosed(1, arrived.size()).boxed().toList());
            getsOnTheAirWithItsNewPcid(lab, run);
        }
        assertThat(harmed).containsAll(CALLS);
    }

    @ParameterizedTest(name = "after it took effect: {0}")
    @ValueSource(booleans = {false, true})
    void getsANewPcidAndWorksAsItsOwnerWantsAlthoughItLosesPowerWhenEachMessageArrives(boolean effect)
            throws Exception {
        Set<String> cut = ConcurrentHashMap.newKeySet();
        Runnable[] power = new Runnable[1];
        Faults once = (role, call) -> {
            if (!storms() || !call.startsWith("device.") || !cut.add(call)) {
                return Fault.NONE;
            }
            power[0].run();
            return effect ? Fault.NONE : Fault.REQUEST_LOST;
        };
        try (LabHarness lab = lab(once)) {
            DeviceRun run = lab.place(0).get(0);
            power[0] = run::cut;
            beginsToWork(lab, run, line -> {});
            getsOnTheAirWithItsNewPcid(lab, run);
        }
        assertThat(cut)
                .contains("device.ACTIVATION", "device.TELEMETRY", "device.REGISTER", "device.MAIL", "device.REPORT");
    }

    @Test
    void getsANewPcidAndWorksAsItsOwnerWantsAlthoughItLosesPowerAfterEachThingThatItDoes() throws Exception {
        Set<String> cut = ConcurrentHashMap.newKeySet();
        try (LabHarness lab = lab((role, call) -> Fault.NONE)) {
            DeviceRun run = lab.place(0).get(0);
            beginsToWork(lab, run, line -> {
                Matcher event = EVENT.matcher(line);
                if (storms() && event.find() && cut.add(event.group(1) + " " + event.group(2))) {
                    run.cut();
                }
            });
            getsOnTheAirWithItsNewPcid(lab, run);
        }
        assertThat(cut).contains("activated null", "pcid-renewed null", "exchange REGISTER", "exchange MAIL");
    }

    private boolean storms() {
        return weather.get() == Weather.STORM;
    }

    private LabHarness lab(Faults faults) throws Exception {
        Options options =
                Options.with().keep(true).activation(true).pcidDays(20).make();
        return new LabHarness(
                options, directory, new FaultNetwork(faults, (device, up) -> AirFault.NONE, System::nanoTime));
    }

    /** Until everybody has heard of everything; it storms from the first attach with its subscription. */
    private void beginsToWork(LabHarness lab, DeviceRun run, Consumer<String> events) throws Exception {
        run.onState(state -> {
            if (state.equals("REATTACHING")) {
                weather.compareAndSet(Weather.FAIR, Weather.STORM);
            }
        });
        run.onEvent(line -> {
            if (line.contains("\"event\":\"activated\"")) {
                atGatewayBefore = lab.lab.network().telemetryAtGateway();
            }
            events.accept(line);
        });
        lab.works(run, LIMIT);
        lab.keepsOn(run, LIMIT, () -> isSettled(lab.lab.network(), run));
        weather.set(Weather.OVER);
    }

    private static boolean isSettled(LabNetwork network, DeviceRun run) throws Refused {
        Made made = run.device().made();
        Supplier supplier = network.client("subscriber.fleet", Supplier.class, "supplier.acme");
        return supplier.pcids(made.device(), made.ownerToken()).equals(List.of(NEW))
                && !isKnown(network, made.pcid())
                && network.subscriber().activation(made.device()).held() == 1
                && network.telemetryAtApplication() > 0;
    }

    private static boolean isKnown(LabNetwork network, Pcid pcid) throws Refused {
        try {
            return network.client("drf.901-70", Icf.class, "icf.901-70")
                    .status(pcid)
                    .active();
        } catch (Refused refused) {
            if (refused.code() == ResultCode.PCID_UNKNOWN) {
                return false;
            }
            throw refused;
        }
    }

    /** Its own numbers, from the first one. */
    private static List<Long> sequences(LabHarness lab, DeviceRun run) throws Refused {
        return lab.lab.network().subscriber().telemetry(run.device().ueid()).stream()
                .map(received -> received.telemetry().sequence())
                .sorted()
                .toList();
    }

    /** Its subscription is taken from it, so nothing else is left; and nobody else was given one of its PCIDs. */
    private void getsOnTheAirWithItsNewPcid(LabHarness lab, DeviceRun run) throws Exception {
        LabNetwork network = lab.lab.network();
        lab.changes(run, Procedure.PRISTINE, LIMIT);

        assertThat(run.trace().events())
                .filteredOn(event -> event.step() == Step.CONTACT_RO)
                .allSatisfy(event -> assertThat(event.carried()).contains(NEW.toString()))
                .isNotEmpty();
        assertThat(network.telemetryAtGateway()).isEqualTo(atGatewayBefore);
        lab.retires(run, LIMIT);
        Aboard aboard = new Aboard(RANDOM);
        assertThat(aboard.broken(Expected.after(run, Procedure.PRISTINE))).isEmpty();
        assertThat(aboard.pcid(run)).isEqualTo(NEW.toString());
        Ccif ccif = network.client("supplier.acme", Ccif.class, "ccif");
        PcidRecord next = ccif.issue("acme", new Ueid(Opaque.hex("01" + "ab".repeat(16))));
        next.key().close();
        assertThat(next.pcid()).isEqualTo(NEXT);
    }
}
