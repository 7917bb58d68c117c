// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.m2me.lab.device.DeviceRun;
import org.m2me.lab.network.LabNetwork;
import org.m2me.protocol.step.Procedure;

/** Devices send their telemetry where their owner says, whoever their operator is. */
class ActivationIT {
    private static final Duration LIMIT = Duration.ofMinutes(4);
    private static final Duration LOOK = Duration.ofMillis(200);

    @TempDir
    Path directory;

    @Test
    void thePersonAtTheLabSeesWhereTelemetryGoesAndWhatAskingTook() throws Exception {
        assertThat(LabHarness.told(Options.with().activation(true).make(), directory))
                .containsPattern(
                        "asks its activation service \\(5.2.5.3.5.2\\) with whom to work, is told, signed: [1-9]\\d{2,3} B")
                .containsPattern(
                        "to its M2M application server coaps://127.0.0.1:\\d+: [1-9]\\d{2,3} B with DTLS handshake")
                .contains("VERDICT: good.");
    }

    @ParameterizedTest
    @Tag("long")
    @EnumSource(
            value = Procedure.class,
            names = {"CHANGE", "PRISTINE"})
    void telemetryGoesOnToTheApplicationServerAfterAChangeOfOperator(Procedure procedure) throws Exception {
        Options options = Options.with()
                .keep(true) // an agent that does not end with its first telemetry
                .activation(true)
                .make();
        try (LabHarness lab = new LabHarness(options, directory)) {
            DeviceRun run = lab.place(0).get(0);
            LabNetwork network = lab.lab.network();
            lab.works(run, LIMIT);
            assertThat(network.telemetryAtApplication()).isPositive();
            assertThat(network.subscriber().activation(run.device().ueid()).held())
                    .isEqualTo(1);

            lab.changes(run, procedure, LIMIT);

            long before = network.telemetryAtApplication();
            network.restart(LabNetwork.APPLICATION); // and it is found again
            long end = System.nanoTime() + LIMIT.toNanos();
            while (network.telemetryAtApplication() == before && System.nanoTime() < end) {
                TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
            }
            assertThat(network.telemetryAtApplication()).isGreaterThan(before);
        }
    }
}
