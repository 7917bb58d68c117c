// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.m2me.lab.device.DeviceRun;
import org.m2me.lab.trace.DeviceTrace;
import org.m2me.protocol.step.Procedure;
import org.m2me.protocol.step.Step;

/** Every role and the gateway stopped and started again, one after the other, right after each step. */
@Tag("long")
@Execution(ExecutionMode.CONCURRENT)
class RestartIT {
    private static final long RESTARTS_LIMIT_SECONDS = 120; // a dozen roles, each in a second or two

    @TempDir
    Path directory;

    static Collection<Step> steps() {
        return DeviceTrace.expected(Procedure.INITIAL, true);
    }

    @ParameterizedTest
    @MethodSource("steps")
    void finishesAlthoughEveryRoleAndTheGatewayAreRestartedAfterThisStep(Step step) throws Exception {
        ExecutorService operator = Executors.newSingleThreadExecutor();
        try (LabHarness lab = new LabHarness(Options.simple(), directory)) {
            DeviceRun run = lab.place(0).get(0);
            CompletableFuture<Void> restarts = new CompletableFuture<>();
            AtomicBoolean begun = new AtomicBoolean();
            lab.lab.traces().onEvent((trace, event) -> {
                if (event.step() == step && begun.compareAndSet(false, true)) {
                    operator.execute(() -> restartAll(lab, restarts));
                }
            });

            lab.lab.switchOn(run);
            run.await(LabHarness.DEVICE_LIMIT);

            restarts.get(RESTARTS_LIMIT_SECONDS, TimeUnit.SECONDS);
            Outcome outcome = lab.outcome(run);
            assertThat(outcome.good()).as(outcome.words()).isTrue();
        } finally {
            operator.shutdownNow();
        }
    }

    private static void restartAll(LabHarness lab, CompletableFuture<Void> restarts) {
        try {
            lab.lab.network().names().forEach(lab.lab.network()::restart);
            restarts.complete(null);
        } catch (RuntimeException failed) {
            restarts.completeExceptionally(failed);
        }
    }
}
