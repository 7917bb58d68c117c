// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.m2me.lab.device.DeviceRun;
import org.m2me.lab.fault.AirFault;
import org.m2me.lab.fault.AirFaults;
import org.m2me.lab.fault.Expected;
import org.m2me.lab.fault.Fault;
import org.m2me.lab.fault.FaultNetwork;
import org.m2me.lab.fault.Faults;
import org.m2me.lab.fault.Invariants;
import org.m2me.lab.trace.DeviceTrace;
import org.m2me.operators.Regulator;
import org.m2me.operators.Subscriber;
import org.m2me.protocol.step.Procedure;
import org.m2me.protocol.step.Step;

/** A change of operator under faults: afterwards the device, both operators and the DPF agree on who has it. */
@Tag("long")
@Execution(ExecutionMode.CONCURRENT)
class ChangeFaultIT {
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final long OWED_SECONDS = 20; // what roles owe each other is repeated every 10 s at the latest
    private static final AirFaults CLEAR_AIR = (device, up) -> AirFault.NONE;

    @TempDir
    Path directory;

    /** What was harmed in each procedure: calls, steps or states. */
    private final Map<Procedure, Set<Object>> harmed = new ConcurrentHashMap<>();

    private final Semaphore harmedMore = new Semaphore(0);
    private volatile Procedure procedure = Procedure.INITIAL;

    /** What takes minutes for each call, and a full disk, are in the tests of initial provisioning. */
    private static final Set<Fault> FAULTS = EnumSet.of(
            Fault.REQUEST_LOST,
            Fault.REPLY_LOST,
            Fault.DOUBLED,
            Fault.KILLED_BEFORE,
            Fault.KILLED_AFTER,
            Fault.WRITE_REFUSED);

    /** After these the IVF's answer is not there, or not asked for again: then the PVA validates. */
    private static final Set<Fault> WITHOUT_IVF =
            EnumSet.of(Fault.REQUEST_LOST, Fault.REPLY_LOST, Fault.KILLED_BEFORE, Fault.KILLED_AFTER);

    private static final List<String> VALIDATION = List.of(
            "pva pva.validate",
            "pva device.MAIL",
            "pva device.EVIDENCE",
            "sho.262-02 sho.validated",
            "ivf ivf.publish");

    private static final List<String> ORDER = List.of(
            "subscriber.fleet device.TELEMETRY",
            "subscriber.fleet device.MAIL",
            "subscriber.fleet device.ORDER",
            "regulator regulator.permits",
            "regulator regulator.record",
            "dpf.901-70 device.REPORT",
            "sho.262-02 sho.provisioned");

    private static final List<String> MCIM = List.of(
            "sho.262-02 sho.contract",
            "ivf ivf.permit",
            "drf.901-70 drf.expect",
            "drf.901-70 device.REGISTER",
            "sho.262-02 sho.register",
            "ivf ivf.inquire",
            "pva pva.authenticate",
            "dpf.901-70 dpf.authorize",
            "dpf.901-70 device.MAIL");

    private static final List<String> LEAVING =
            List.of("drf.901-70 device.RELEASE", "sho.262-01 sho.released", "sho.262-01 sho.cancel");

    private static final List<String> RELAYING =
            List.of("dpf.901-70 device.RELAY", "sho.262-02 sho.oldOperatorReleased");

    private static final List<String> PRISTINE_STATE = List.of(
            "supplier.acme supplier.pcids",
            "icf.901-70 icf.activate",
            "icf.901-70 icf.status",
            "icf.901-70 icf.subscription",
            "icf.901-70 icf.vectors");

    private static final List<String> SWITCHING = List.of("sho.262-02 sho.mayServe", "sho.262-02 sho.inUse");

    private static final List<String> SERVICE = List.of(
            "sho.262-02 sho.subscription",
            "sho.262-02 sho.vectors",
            "sho.262-02 sho.usage",
            "drf.901-70 drf.subscribed");

    /** Every message of the device, and every call between roles, that has a part in it when the IVF answers. */
    private static final Map<Procedure, List<String>> CALLS = Map.of(
            Procedure.CHANGE, together(List.of(ORDER, MCIM, LEAVING, RELAYING, SERVICE)),
            Procedure.PRISTINE, together(List.of(ORDER, LEAVING, PRISTINE_STATE, MCIM, SERVICE)),
            Procedure.ADD, together(List.of(ORDER, MCIM)),
            Procedure.SWITCH, together(List.of(ORDER, SWITCHING, SERVICE)));

    /** What an agent goes through that is started again whenever it loses power. */
    private static final List<String> ORDER_STATES =
            List.of("STARTING", "MEASURING", "REATTACHING", "OPERATIONAL", "CHANGING", "REPORTING");

    private static final List<String> MCIM_STATES = List.of("REGISTERING", "WAITING", "INSTALLING");

    private static final Map<Procedure, List<String>> STATES = Map.of(
            Procedure.CHANGE, together(List.of(ORDER_STATES, MCIM_STATES, List.of("DISCARDING", "RELEASING"))),
            Procedure.PRISTINE, together(List.of(ORDER_STATES, MCIM_STATES, List.of("DISCARDING", "ATTACHING"))),
            Procedure.ADD, together(List.of(ORDER_STATES, MCIM_STATES)),
            Procedure.SWITCH, ORDER_STATES);

    static Stream<Arguments> everyFaultInEveryWay() {
        return Arrays.stream(ChangeWay.values()).flatMap(way -> FAULTS.stream().map(fault -> Arguments.of(way, fault)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("everyFaultInEveryWay")
    void comesToTheOtherOperatorAlthoughEachCallIsHarmedOnce(ChangeWay way, Fault fault) throws Exception {
        Faults once = (role, call) ->
                !Faults.WATCHING.contains(call) && !call.equals("subscriber.change") && isFirst(role + " " + call)
                        ? fault
                        : Fault.NONE;
        try (LabHarness lab =
                new LabHarness(options(way), directory, new FaultNetwork(once, CLEAR_AIR, System::nanoTime))) {
            changes(lab, way, lab.place(0).get(0));
            for (Procedure ordered : way.orders()) {
                List<String> calls = CALLS.getOrDefault(ordered, List.of());
                boolean validated = WITHOUT_IVF.contains(fault) && calls.containsAll(MCIM);
                areHarmed(ordered, validated ? together(List.of(calls, VALIDATION)) : calls);
            }
        }
    }

    /** A device that has switched is sound before its operator has told the DRF so: that may be owed still. */
    private void areHarmed(Procedure ordered, List<String> calls) throws InterruptedException {
        boolean more = true;
        while (more && !harmed(ordered).containsAll(calls)) {
            more = harmedMore.tryAcquire(OWED_SECONDS, TimeUnit.SECONDS);
        }
        assertThat(harmed(ordered)).containsAll(calls);
    }

    @ParameterizedTest
    @EnumSource(ChangeWay.class)
    void comesToTheOtherOperatorAlthoughItLosesPowerWhenEachStepReachesTheOtherSide(ChangeWay way) throws Exception {
        try (LabHarness lab = new LabHarness(options(way), directory)) {
            DeviceRun run = lab.place(0).get(0);
            lab.lab.traces().onEvent((trace, event) -> {
                if (isFirst(event.step())) {
                    run.cut();
                }
            });
            changes(lab, way, run);
        }
        assertThat(way.orders())
                .allSatisfy(ordered -> assertThat(harmed(ordered)).containsAll(steps(ordered)));
    }

    @ParameterizedTest
    @EnumSource(ChangeWay.class)
    void comesToTheOtherOperatorAlthoughItLosesPowerInEachStateOnce(ChangeWay way) throws Exception {
        try (LabHarness lab = new LabHarness(options(way), directory)) {
            DeviceRun run = lab.place(0).get(0);
            run.onState(state -> {
                if (isFirst(state)) {
                    run.cut();
                }
            });
            changes(lab, way, run);
        }
        assertThat(way.orders())
                .allSatisfy(
                        ordered -> assertThat(harmed(ordered)).containsAll(STATES.getOrDefault(ordered, List.of())));
    }

    @ParameterizedTest
    @EnumSource(
            value = Procedure.class,
            names = {"CHANGE", "ADD"})
    void everybodyAgreesThatItStaysWhenItsNewOperatorMayNotHaveIt(Procedure ordered) throws Exception {
        try (LabHarness lab = new LabHarness(options(ChangeWay.old), directory)) {
            DeviceRun run = lab.place(0).get(0);
            lab.works(run, LIMIT);
            lab.lab
                    .network()
                    .client("console.regulator", Regulator.class, "regulator")
                    .rule(new Regulator.Rule(
                            "not-02",
                            Optional.of(Lab.OTHER_OPERATOR),
                            Optional.empty(),
                            Regulator.Effect.MAY_NOT_SERVE));
            Subscriber subscriber = lab.lab.network().subscriber();
            subscriber.change(run.device().ueid(), ordered, Lab.OTHER_OPERATOR);
            lab.keepsOn(
                    run,
                    LIMIT,
                    () -> subscriber.orders(run.device().ueid()).get(0).progress() == Subscriber.Progress.FAILED);

            assertThat(new Invariants(lab.lab.network(), Clock.systemUTC()).settle(List.of(Expected.first(run))))
                    .isEmpty();
            lab.isOffAndSound(Expected.first(run), LIMIT);
        }
    }

    private void changes(LabHarness lab, ChangeWay way, DeviceRun run) throws Exception {
        lab.works(run, LIMIT);
        for (Procedure ordered : way.orders()) {
            procedure = ordered;
            lab.changes(run, ordered, LIMIT);
        }
        lab.isOffAndSound(Expected.after(run, procedure), LIMIT);
    }

    /** Whether this happens for the first time in the change that goes on; initial provisioning is not harmed here. */
    private boolean isFirst(Object what) {
        boolean first = procedure.isChange()
                && harmed.computeIfAbsent(procedure, unused -> ConcurrentHashMap.newKeySet())
                        .add(what);
        if (first) {
            harmedMore.release();
        }
        return first;
    }

    private Set<Object> harmed(Procedure ordered) {
        return harmed.getOrDefault(ordered, Set.of());
    }

    /** When the IVF answers, which hears nothing of what befalls the device. */
    private static List<Step> steps(Procedure ordered) {
        return DeviceTrace.expected(ordered, true).stream()
                .filter(step -> step != Step.REQUEST_VALIDATION && step != Step.VALIDATE)
                .toList();
    }

    private static List<String> together(List<List<String>> parts) {
        return parts.stream().flatMap(List::stream).toList();
    }

    private static Options options(ChangeWay way) {
        return Options.with().change(Optional.of(way)).make();
    }
}
