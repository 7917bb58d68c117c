// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.m2me.lab.device.DeviceRun;
import org.m2me.lab.trace.DeviceTrace;
import org.m2me.operators.Supplier.PcidWay;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;
import org.m2me.protocol.step.Step;
import org.m2me.protocol.step.StepEvent;

/** The whole procedure, every part real: agent processes, modems on sockets, all roles, the gateway. */
class ProvisioningIT {
    @TempDir
    Path directory;

    @Test
    void takesExactlyTheStepsOfTheSpecificationInTheirOrder() throws Exception {
        try (LabHarness lab = new LabHarness(Options.simple(), directory)) {
            DeviceRun run = lab.place(0).get(0);

            Outcome outcome = lab.live(run);

            assertThat(outcome.good()).as(outcome.words()).isTrue();
            assertThat(run.trace().taken()).isEqualTo(DeviceTrace.expected(Procedure.INITIAL, true));
            assertThat(run.status()).isZero();
        }
    }

    @Test
    void staysBelowFiveKilobytesOnTheAirUntilTheMcimIsConfirmed() throws Exception {
        try (LabHarness lab = new LabHarness(Options.simple(), directory)) {
            DeviceRun run = lab.place(0).get(0);

            lab.live(run);

            assertThat(run.airUntilConfirmed().orElseThrow().total()).isLessThan(5_000);
        }
    }

    @Test
    void goesWithoutAnIcfOverAProviderThatIsNotCellular() throws Exception {
        Options options = Options.with().cellular(false).make();
        try (LabHarness lab = new LabHarness(options, directory)) {
            DeviceRun run = lab.place(0).get(0);

            Outcome outcome = lab.live(run);

            assertThat(outcome.good()).as(outcome.words()).isTrue();
            assertThat(run.trace().taken()).isEqualTo(DeviceTrace.expected(Procedure.INITIAL, false));
        }
    }

    @Test
    void refusesATamperedDeviceAtStepNineAndNamesTheComponent() throws Exception {
        try (LabHarness lab = new LabHarness(Options.simple(), directory)) {
            DeviceRun run = lab.place(1).get(0);

            Outcome outcome = lab.live(run);

            assertThat(outcome.good()).as(outcome.words()).isTrue();
            StepEvent refusal = run.trace().refusal().orElseThrow();
            assertThat(refusal.step()).isEqualTo(Step.VALIDATE);
            assertThat(refusal.code()).isEqualTo(ResultCode.COMPONENT_MISMATCH);
            assertThat(refusal.carried()).contains("'config'");
            assertThat(run.trace().taken()).doesNotContain(Step.AUTHORIZE_PROVISIONING, Step.DOWNLOAD_MCIM);
            assertThat(run.status()).isEqualTo(3);
        }
    }

    @Test
    @Tag("long")
    void aDeviceWhoseAgentIsKilledOnItsWayIsStartedAgainAndGoesOn() throws Exception {
        try (LabHarness lab = new LabHarness(Options.simple(), directory)) {
            AtomicBoolean killed = new AtomicBoolean();
            lab.lab.traces().onEvent((trace, event) -> {
                if (event.step() == Step.VALIDATE && killed.compareAndSet(false, true)) {
                    agents().forEach(ProcessHandle::destroyForcibly);
                }
            });

            assertThat(lab.told())
                    .contains(
                            "device 1: its agent ended with status 137, and is started again.",
                            "VERDICT: good. 1 of 1");
        }
    }

    @Test
    void aDeviceThatWasTakenAwayWithItsLabIsNotStartedAgain() throws Exception {
        try (LabHarness lab = new LabHarness(Options.simple(), directory)) {
            DeviceRun run = lab.place(0).get(0);
            run.close();

            assertThatThrownBy(() -> lab.lab.switchOn(run))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("has been taken away");
            assertThat(agents()).isEmpty();
        }
    }

    private Stream<ProcessHandle> agents() {
        return ProcessHandle.current()
                .children()
                .filter(child -> child.info()
                        .commandLine()
                        .filter(command -> command.contains(directory.toString()))
                        .isPresent());
    }

    @ParameterizedTest
    @EnumSource(
            value = PcidWay.class,
            names = {"SENT_TO_CCIF", "SENT_BY_SUBSCRIBER"})
    void provisionsADeviceWhoseSupplierMadeThePcidItself(PcidWay way) throws Exception {
        Options options = Options.with().way(way).make();
        try (LabHarness lab = new LabHarness(options, directory)) {
            Outcome outcome = lab.live(lab.place(0).get(0));

            assertThat(outcome.good()).as(outcome.words()).isTrue();
        }
    }

    @Test
    void provisionsADeviceWithAMcimThatTheDpfMadeFromStoredRules() throws Exception {
        Options options = Options.with().mcimByDpf(true).make();
        try (LabHarness lab = new LabHarness(options, directory)) {
            Outcome outcome = lab.live(lab.place(0).get(0));

            assertThat(outcome.good()).as(outcome.words()).isTrue();
        }
    }

    @Test
    void provisionsADeviceWhenBothNetworksAskForVectorsOverGsup() throws Exception {
        Options options = Options.with().gsup(true).make();
        try (LabHarness lab = new LabHarness(options, directory)) {
            DeviceRun run = lab.place(0).get(0);

            Outcome outcome = lab.live(run);

            assertThat(outcome.good()).as(outcome.words()).isTrue();
            assertThat(run.trace().taken()).isEqualTo(DeviceTrace.expected(Procedure.INITIAL, true));
        }
    }
}
