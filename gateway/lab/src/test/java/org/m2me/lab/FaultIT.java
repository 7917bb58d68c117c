// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.m2me.lab.device.DeviceRun;
import org.m2me.lab.fault.AirFault;
import org.m2me.lab.fault.AirFaults;
import org.m2me.lab.fault.Expected;
import org.m2me.lab.fault.Fault;
import org.m2me.lab.fault.FaultNetwork;
import org.m2me.lab.fault.Faults;

/** Initial provisioning with one fault at every place where it can happen: the device arrives, and everybody agrees. */
@Tag("long")
@Execution(ExecutionMode.CONCURRENT)
class FaultIT {
    /** With the slowest fault, half a minute for each of a dozen calls. */
    private static final Duration LIMIT = Duration.ofMinutes(10);

    private static final String OPERATORS_NETWORK = "vno.262-01";
    private static final Faults NO_FAULTS = (role, call) -> Fault.NONE;
    private static final AirFaults CLEAR_AIR = (device, up) -> AirFault.NONE;

    @TempDir
    Path directory;

    private volatile boolean storm;

    static Stream<Arguments> everyFaultOnBothAccesses() {
        return Arrays.stream(Fault.values())
                .filter(fault -> fault != Fault.NONE && fault != Fault.DISK_FULL) // see FullDiskIT
                .flatMap(fault -> Stream.of(Arguments.of(fault, true), Arguments.of(fault, false)))
                .filter(arguments ->
                        arguments.get()[0] != Fault.LATE || (boolean) arguments.get()[1]);
    }

    @ParameterizedTest(name = "{0}, 3GPP access: {1}")
    @MethodSource("everyFaultOnBothAccesses")
    void arrivesAlthoughEachCallOfTheProcedureIsHarmedOnce(Fault fault, boolean cellular) throws Exception {
        Set<String> harmed = ConcurrentHashMap.newKeySet();
        Faults once = (role, call) ->
                storm && !Faults.WATCHING.contains(call) && harmed.add(role + " " + call) ? fault : Fault.NONE;
        try (LabHarness lab =
                new LabHarness(options(cellular), directory, new FaultNetwork(once, CLEAR_AIR, System::nanoTime))) {
            DeviceRun run = lab.place(0).get(0);
            storm = true;

            lab.arrives(run, LIMIT);
            lab.isChargedOnce(Expected.first(run));

            assertThat(harmed)
                    .contains(
                            "drf.901-70 device.REGISTER",
                            "sho.262-01 sho.register",
                            "pva pva.validate",
                            "pva device.EVIDENCE",
                            "sho.262-01 sho.validated",
                            "dpf.901-70 dpf.authorize",
                            "dpf.901-70 device.MAIL",
                            "dpf.901-70 device.REPORT",
                            "sho.262-01 sho.provisioned");
            if (cellular) { // nobody charges for the other access
                assertThat(harmed).contains("icf.901-70 icf.usage", "sho.262-01 sho.usage");
            }
        }
    }

    @ParameterizedTest(name = "{0}, 3GPP access: {1}")
    @CsvSource({
        "LOST, true",
        "LOST, false",
        "DOUBLED, true",
        "DOUBLED, false",
        "LATE, true",
        "LATE, false",
        "SWAPPED, true",
        "SWAPPED, false"
    })
    void arrivesAlthoughEveryThirdDatagramIsHarmed(AirFault fault, boolean cellular) throws Exception {
        AtomicInteger count = new AtomicInteger();
        AirFaults third = (device, up) -> count.incrementAndGet() % 3 == 0 ? fault : AirFault.NONE;
        try (LabHarness lab =
                new LabHarness(options(cellular), directory, new FaultNetwork(NO_FAULTS, third, System::nanoTime))) {
            DeviceRun run = lab.place(0).get(0);
            lab.arrives(run, LIMIT);
            lab.isChargedOnce(Expected.first(run));
        }
        assertThat(count.get()).isGreaterThan(9);
    }

    /** Its session ends when the network goes down, which finds out then that the operator does not answer. */
    @ParameterizedTest
    @EnumSource(names = {"REQUEST_LOST", "REPLY_LOST"})
    void isChargedOnceAlthoughItsNetworkIsRestartedBeforeItKnowsThatTheOperatorKnows(Fault fault) throws Exception {
        CountDownLatch told = new CountDownLatch(1);
        Faults ofUsage = (role, call) -> {
            boolean harmed = storm && call.equals("sho.usage");
            if (harmed) {
                told.countDown();
            }
            return harmed ? fault : Fault.NONE;
        };
        Options options = Options.with().keep(true).make();
        try (LabHarness lab =
                new LabHarness(options, directory, new FaultNetwork(ofUsage, CLEAR_AIR, System::nanoTime))) {
            DeviceRun run = lab.place(0).get(0);
            lab.works(run, LIMIT);
            storm = true;
            lab.lab.network().restart(OPERATORS_NETWORK);
            assertThat(told.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            lab.lab.network().restart(OPERATORS_NETWORK);
            storm = false;

            lab.retires(run, LIMIT);

            lab.isChargedOnce(Expected.first(run));
            assertThat(run.carried().sessions().get(run.imsi())).hasSizeGreaterThan(1);
        }
    }

    @ParameterizedTest(name = "3GPP access: {0}")
    @ValueSource(booleans = {true, false})
    void arrivesAlthoughItLosesPowerInEachStateOnce(boolean cellular) throws Exception {
        Set<String> cut = ConcurrentHashMap.newKeySet();
        try (LabHarness lab = new LabHarness(options(cellular), directory)) {
            DeviceRun run = lab.place(0).get(0);
            run.onState(state -> {
                if (cut.add(state)) {
                    run.cut();
                }
            });

            lab.arrives(run, LIMIT);
            lab.isChargedOnce(Expected.first(run));
        }
        assertThat(cut).contains("REGISTERING", "WAITING", "PROVING", "INSTALLING", "REPORTING", "REATTACHING");
    }

    @ParameterizedTest(name = "3GPP access: {0}")
    @ValueSource(booleans = {true, false})
    void arrivesAlthoughItLosesPowerWhenEachStepReachesTheOtherSide(boolean cellular) throws Exception {
        Set<Object> cut = ConcurrentHashMap.newKeySet();
        try (LabHarness lab = new LabHarness(options(cellular), directory)) {
            DeviceRun run = lab.place(0).get(0);
            lab.lab.traces().onEvent((trace, event) -> {
                if (cut.add(event.step())) {
                    run.cut();
                }
            });

            lab.arrives(run, LIMIT);
            lab.isChargedOnce(Expected.first(run));
        }
        assertThat(cut).hasSize(cellular ? 14 : 12);
    }

    private static Options options(boolean cellular) {
        return Options.with().cellular(cellular).make();
    }
}
