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
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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
import org.m2me.operators.Regulator;
import org.m2me.operators.Subscriber;
import org.m2me.protocol.step.Procedure;
import org.m2me.protocol.step.Step;

/** A change of operator under faults: afterwards the device, both operators and the DPF agree on who has it. */
@Tag("long")
@Execution(ExecutionMode.CONCURRENT)
class ChangeFaultIT {
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final AirFaults CLEAR_AIR = (device, up) -> AirFault.NONE;

    @TempDir
    Path directory;

    private volatile boolean storm;

    /** What takes minutes for each call, and a full disk, are in the tests of initial provisioning. */
    private static final Set<Fault> FAULTS = EnumSet.of(
            Fault.REQUEST_LOST,
            Fault.REPLY_LOST,
            Fault.DOUBLED,
            Fault.KILLED_BEFORE,
            Fault.KILLED_AFTER,
            Fault.WRITE_REFUSED);

    static Stream<Arguments> everyFaultInEveryWay() {
        return Arrays.stream(ChangeWay.values()).flatMap(way -> FAULTS.stream().map(fault -> Arguments.of(way, fault)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("everyFaultInEveryWay")
    void comesToTheOtherOperatorAlthoughEachCallIsHarmedOnce(ChangeWay way, Fault fault) throws Exception {
        Set<String> harmed = ConcurrentHashMap.newKeySet();
        Faults once = (role, call) -> storm
                        && !Faults.WATCHING.contains(call)
                        && !call.equals("subscriber.change")
                        && harmed.add(role + " " + call)
                ? fault
                : Fault.NONE;
        try (LabHarness lab =
                new LabHarness(options(way), directory, new FaultNetwork(once, CLEAR_AIR, System::nanoTime))) {
            changes(lab, way, lab.place(0).get(0));
        }
        assertThat(harmed).contains("sho.262-02 sho.contract", "subscriber.fleet device.ORDER");
    }

    @ParameterizedTest
    @EnumSource(ChangeWay.class)
    void comesToTheOtherOperatorAlthoughItLosesPowerWhenEachStepReachesTheOtherSide(ChangeWay way) throws Exception {
        Set<Step> cut = ConcurrentHashMap.newKeySet();
        try (LabHarness lab = new LabHarness(options(way), directory)) {
            DeviceRun run = lab.place(0).get(0);
            lab.lab.traces().onEvent((trace, event) -> {
                if (storm && cut.add(event.step())) {
                    run.cut();
                }
            });
            changes(lab, way, run);
        }
        assertThat(cut).hasSizeGreaterThan(2);
    }

    @ParameterizedTest
    @EnumSource(ChangeWay.class)
    void comesToTheOtherOperatorAlthoughItLosesPowerInEachStateOnce(ChangeWay way) throws Exception {
        Set<String> cut = ConcurrentHashMap.newKeySet();
        try (LabHarness lab = new LabHarness(options(way), directory)) {
            DeviceRun run = lab.place(0).get(0);
            run.onState(state -> {
                if (storm && cut.add(state)) {
                    run.cut();
                }
            });
            changes(lab, way, run);
        }
        assertThat(cut).hasSizeGreaterThan(2);
    }

    @ParameterizedTest
    @EnumSource(
            value = Procedure.class,
            names = {"CHANGE", "ADD"})
    void everybodyAgreesThatItStaysWhenItsNewOperatorMayNotHaveIt(Procedure procedure) throws Exception {
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
            subscriber.change(run.device().ueid(), procedure, Lab.OTHER_OPERATOR);
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
        storm = true;
        List<Procedure> orders = way.orders();
        for (Procedure procedure : orders) {
            lab.changes(run, procedure, LIMIT);
        }
        lab.isOffAndSound(Expected.after(run, orders.get(orders.size() - 1)), LIMIT);
    }

    private static Options options(ChangeWay way) {
        return Options.with().change(Optional.of(way)).make();
    }
}
