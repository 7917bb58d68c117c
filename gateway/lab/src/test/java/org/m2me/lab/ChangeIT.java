// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.m2me.lab.device.DeviceRun;
import org.m2me.lab.fault.Expected;
import org.m2me.lab.fault.Invariants;
import org.m2me.lab.network.Together;
import org.m2me.protocol.step.Step;

/** The second act, every part real: the owner changes operator, in each of the ways. */
@Execution(ExecutionMode.CONCURRENT)
class ChangeIT {
    /** Who calls whom over HTTP where each role is by itself, of those that are one company in {@link Together#companies}. */
    private static final List<Tap.Spoke> WITHIN_A_COMPANY = List.of(
            new Tap.Spoke("drf.901-70", "icf.901-70"),
            new Tap.Spoke("vno.262-42", "icf.901-70"),
            new Tap.Spoke("vno.262-01", "sho.262-01"),
            new Tap.Spoke("vno.262-02", "sho.262-02"),
            new Tap.Spoke("pva", "ivf"),
            new Tap.Spoke("supplier.acme", "ccif"));

    private static final String AGAIN =
            String.format("device 1: its agent ended with status 137, and is started again.%n");

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(ChangeWay.class)
    void aDeviceComesToAnotherOperator(ChangeWay way) throws Exception {
        assertThat(LabHarness.told(options(1, true, way, Together.apart), directory))
                .contains("VERDICT: good. 1 of 1 devices work with the subscription of 262-02.");
    }

    @Test
    void aDeviceWithoutCellularAccessComesToAnotherOperatorByWayOfThePristineState() throws Exception {
        assertThat(LabHarness.told(options(1, false, ChangeWay.pristine, Together.apart), directory))
                .contains("VERDICT: good. 1 of 1 devices work with the subscription of 262-02.");
    }

    @Test
    @Tag("long")
    void aDeviceWhoseAgentIsKilledInTheMiddleOfItsChangeIsStartedAgainAndGoesOn() throws Exception {
        try (LabHarness lab = new LabHarness(options(1, true, ChangeWay.old, Together.apart), directory)) {
            DeviceRun run = lab.place(0).get(0);
            lab.works(run, LabHarness.DEVICE_LIMIT);
            AtomicBoolean killed = new AtomicBoolean();
            lab.lab.traces().onEvent((trace, event) -> {
                if (event.step() == Step.INSTRUCT && killed.compareAndSet(false, true)) {
                    run.cut();
                }
            });

            assertThat(lab.secondAct(run, ChangeWay.old))
                    .contains(
                            "device 1: its agent ended with status 137, and is started again.",
                            "device 1: is a subscriber of 262-02 after");
        }
    }

    @Test
    @Tag("long")
    void aDeviceWhoseAgentIsKilledFiveTimesHasTimeToGoOnAfterItsFifthStart() throws Exception {
        assertThat(killed(5))
                .contains(AGAIN.repeat(5) + "device 1: is a subscriber of 262-02 after")
                .doesNotContain(AGAIN.repeat(6));
    }

    @Test
    @Tag("long")
    void aDeviceWhoseAgentIsKilledAgainAndAgainIsStartedFiveTimes() throws Exception {
        assertThat(killed(Integer.MAX_VALUE))
                .contains(AGAIN.repeat(5))
                .doesNotContain(AGAIN.repeat(6))
                .doesNotContain("is a subscriber of 262-02 after");
    }

    /** The second act of a device whose agent is killed so often, each time in its first state. */
    private String killed(int times) throws Exception {
        try (LabHarness lab = new LabHarness(options(1, true, ChangeWay.old, Together.apart), directory)) {
            DeviceRun run = lab.place(0).get(0);
            lab.works(run, LabHarness.DEVICE_LIMIT);
            AtomicInteger kills = new AtomicInteger();
            run.onState(state -> {
                if (kills.getAndIncrement() < times) {
                    run.cut();
                }
            });
            return lab.secondAct(run, ChangeWay.old);
        }
    }

    /** Each way in which the specification lets roles go together, and all apart as what that differs from. */
    private static Stream<Arguments> systems() {
        return Stream.concat(
                Arrays.stream(Together.values())
                        .flatMap(together ->
                                Stream.of(ChangeWay.old, ChangeWay.pristine).map(way -> Arguments.of(together, way))),
                Stream.of(Arguments.of(Together.companies, ChangeWay.preloaded)));
    }

    @ParameterizedTest
    @MethodSource("systems")
    @Tag("long")
    void goesWhicheverRolesAreOneSystem(Together together, ChangeWay way) throws Exception {
        Tap tap = new Tap("nobody");
        try (LabHarness lab = new LabHarness(options(1, true, way, together), directory, tap)) {
            DeviceRun run = lab.place(0).get(0);
            lab.works(run, LabHarness.DEVICE_LIMIT);

            assertThat(lab.secondAct(run, way)).contains("device 1: is a subscriber of 262-02 after");

            Expected expected =
                    Expected.after(run, way.orders().get(way.orders().size() - 1));
            assertThat(new Invariants(lab.lab.network(), Clock.systemUTC()).settle(List.of(expected)))
                    .isEmpty();
            lab.isOffAndSound(expected, LabHarness.DEVICE_LIMIT);
            assertThat(tap.spoken()).contains(new Tap.Spoke("sho.262-02", "dpf.901-70")); // never together: it is heard
            assertThat(tap.spoken())
                    .filteredOn(one -> together.grouping().areTogether(one.caller(), one.called()))
                    .isEmpty();
            if (together == Together.apart) { // what else would not be missed above
                assertThat(tap.spoken()).containsAll(WITHIN_A_COMPANY);
            }
        }
    }

    private static Options options(int devices, boolean cellular, ChangeWay way, Together together) {
        return Options.with()
                .devices(devices)
                .cellular(cellular)
                .change(Optional.of(way))
                .together(together)
                .make();
    }
}
