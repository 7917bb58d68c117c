// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.m2me.lab.device.DeviceRun;
import org.m2me.lab.fault.Expected;
import org.m2me.lab.trace.DeviceTrace;
import org.m2me.protocol.step.Procedure;
import org.m2me.protocol.step.Step;

/** Roles, networks and the gateway stopped and started again right after a step. */
@Tag("long")
@Execution(ExecutionMode.CONCURRENT)
class RestartIT {
    private static final long RESTARTS_LIMIT_SECONDS = 120; // a dozen roles, each in a second or two

    private final ExecutorService operator = Executors.newSingleThreadExecutor();

    @TempDir
    Path directory;

    static Collection<Step> steps() {
        return DeviceTrace.expected(Procedure.INITIAL, true);
    }

    @AfterEach
    void dismiss() {
        operator.shutdownNow();
    }

    @ParameterizedTest
    @MethodSource("steps")
    void finishesAlthoughEveryRoleAndTheGatewayAreRestartedAfterThisStep(Step step) throws Exception {
        try (LabHarness lab = new LabHarness(Options.simple(), directory)) {
            DeviceRun run = lab.place(0).get(0);
            CompletableFuture<Void> restarts = restarts(lab, lab.lab.network().names(), step);

            lab.lab.switchOn(run);
            run.await(LabHarness.DEVICE_LIMIT);

            restarts.get(RESTARTS_LIMIT_SECONDS, TimeUnit.SECONDS);
            Outcome outcome = lab.outcome(run);
            assertThat(outcome.good()).as(outcome.words()).isTrue();
        }
    }

    /** The network that carries the change: its old operator's, or, for its PCID, the visited one. */
    @ParameterizedTest(name = "{0}: {2} after {1}")
    @CsvSource({
        "old, DOWNLOAD_MCIM, gateway",
        "old, DISCARD_OLD, vno.262-01",
        "pristine, DOWNLOAD_MCIM, gateway",
        "pristine, REGISTER_WITH_SHO, vno.262-42"
    })
    void changesOperatorAlthoughTheGatewayOrTheNetworkThatCarriesItIsRestarted(ChangeWay way, Step step, String who)
            throws Exception {
        Options options = Options.with().change(Optional.of(way)).make();
        try (LabHarness lab = new LabHarness(options, directory)) {
            DeviceRun run = lab.place(0).get(0);
            lab.works(run, LabHarness.DEVICE_LIMIT);
            CompletableFuture<Void> restarts = restarts(lab, List.of(who), step);

            Procedure procedure = way.orders().get(0);
            lab.changes(run, procedure, LabHarness.DEVICE_LIMIT);

            restarts.get(RESTARTS_LIMIT_SECONDS, TimeUnit.SECONDS);
            lab.isOffAndSound(Expected.after(run, procedure), LabHarness.DEVICE_LIMIT);
        }
    }

    /** Stops each of these and starts it again as soon as this step is taken next. @return done when all are back */
    private CompletableFuture<Void> restarts(LabHarness lab, List<String> names, Step step) {
        CompletableFuture<Void> restarts = new CompletableFuture<>();
        AtomicBoolean begun = new AtomicBoolean();
        lab.lab.traces().onEvent((trace, event) -> {
            if (event.step() == step && begun.compareAndSet(false, true)) {
                operator.execute(() -> restart(lab, names, restarts));
            }
        });
        return restarts;
    }

    private static void restart(LabHarness lab, List<String> names, CompletableFuture<Void> restarts) {
        try {
            names.forEach(lab.lab.network()::restart);
            restarts.complete(null);
        } catch (RuntimeException failed) {
            restarts.completeExceptionally(failed);
        }
    }
}
