// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.m2me.lab.device.DeviceRun;
import org.m2me.protocol.step.Step;

/** Every role and the gateway stopped and started again, one after the other, right after each step. */
@Tag("long")
class RestartIT {
    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(
            value = Step.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"N3G_ACCESS", "N3G_CONNECTIVITY"})
    void finishesAlthoughEveryRoleAndTheGatewayAreRestartedAfterThisStep(Step step) throws Exception {
        ExecutorService operator = Executors.newSingleThreadExecutor();
        try (LabHarness lab = new LabHarness(Options.simple(), directory)) {
            DeviceRun run = lab.place(0).get(0);
            AtomicReference<Future<?>> restarts = new AtomicReference<>();
            lab.lab.traces().onEvent((trace, event) -> {
                if (event.step() == step && restarts.get() == null) {
                    restarts.set(operator.submit(() -> lab.lab.network().names().forEach(lab.lab.network()::restart)));
                }
            });

            Outcome outcome = lab.live(run);

            assertThat(restarts.get()).as("restarts after " + step).isNotNull();
            restarts.get().get(60, TimeUnit.SECONDS);
            assertThat(outcome.good()).as(outcome.words()).isTrue();
        } finally {
            operator.shutdownNow();
        }
    }
}
