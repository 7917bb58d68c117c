// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.m2me.lab.device.DeviceRun;
import org.m2me.lab.fault.Interference;
import org.m2me.lab.trace.DeviceTrace;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;
import org.m2me.protocol.step.StepEvent;

/** One clock is a day wrong while a device is provisioned; then somebody sets it right. */
@Tag("long")
@Execution(ExecutionMode.CONCURRENT)
class ClockIT {
    private static final Duration LIMIT = Duration.ofMinutes(6);
    /** Long enough for a device to meet every role, were the clock right. */
    private static final Duration UNTIL_RIGHT = Duration.ofSeconds(20);

    /** What a wrong clock may not be taken for: these blame the device, and for good. */
    private static final Set<ResultCode> BLAMES = EnumSet.of(
            ResultCode.CREDENTIAL_EXPIRED,
            ResultCode.CREDENTIAL_REVOKED,
            ResultCode.CREDENTIAL_INVALID,
            ResultCode.EVIDENCE_INVALID,
            ResultCode.COMPONENT_MISMATCH,
            ResultCode.ROLLED_BACK,
            ResultCode.POLICY);

    @TempDir
    Path directory;

    private final ScheduledExecutorService operator = Executors.newSingleThreadScheduledExecutor();

    @AfterEach
    void stop() {
        operator.shutdownNow();
    }

    /** A clock that somebody set wrong. */
    private static final class WrongClock extends Clock implements Interference {
        private final String whose;
        private final Clock right = Clock.systemUTC();
        private volatile Duration offset = Duration.ZERO;

        WrongClock(String whose) {
            this.whose = whose;
        }

        @Override
        public Clock clock(String name, Clock unchanged) {
            return name.equals(whose) ? this : unchanged;
        }

        @Override
        public Duration clockOffset(String device) {
            return whose.equals(device) ? offset : Duration.ZERO;
        }

        @Override
        public Instant instant() {
            return right.instant().plus(offset);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    static Stream<Arguments> everyClockADayFastAndSlow() {
        Stream<String> early = Stream.of(
                "pva",
                "ivf",
                "drf.901-70",
                "dpf.901-70",
                "icf.901-70",
                "sho.262-01",
                "vno.262-42",
                "vno.262-01",
                "gateway");
        // What a factory certifies, and what a subscriber orders, with a wrong clock is for another day by its own
        // dates:
        // theirs goes wrong afterwards, all others are wrong from the beginning.
        Stream<String> late = Stream.of("supplier.acme", "ccif", "subscriber.fleet");
        return Stream.concat(early.flatMap(name -> bothWays(name, true)), late.flatMap(name -> bothWays(name, false)));
    }

    private static Stream<Arguments> bothWays(String name, boolean early) {
        return Stream.of(Arguments.of(name, 1, early), Arguments.of(name, -1, early));
    }

    @ParameterizedTest(name = "{0}, {1} day")
    @MethodSource("everyClockADayFastAndSlow")
    void provisionsTheDeviceAtTheLatestWhenTheClockIsRight(String name, int days, boolean early) throws Exception {
        WrongClock clock = new WrongClock(name);
        clock.offset = early ? Duration.ofDays(days) : Duration.ZERO;
        try (LabHarness lab = new LabHarness(Options.simple(), directory, clock)) {
            DeviceRun run = lab.place(0).get(0);
            AtomicBoolean wrong = new AtomicBoolean();
            run.onState(state -> {
                // Registering, it is on the air: what was certified, ordered and activated is.
                if ((early || state.equals("REGISTERING")) && !wrong.getAndSet(true)) {
                    clock.offset = Duration.ofDays(days);
                    ScheduledFuture<?> unused = operator.schedule(
                            () -> clock.offset = Duration.ZERO, UNTIL_RIGHT.toMillis(), TimeUnit.MILLISECONDS);
                }
            });

            lab.arrives(run, LIMIT);

            assertThat(run.trace().events()).extracting(StepEvent::code).doesNotContainAnyElementsOf(BLAMES);
            assertThat(lab.lab.network().operator().holds(Optional.empty())).isEmpty();
        }
    }

    @ParameterizedTest(name = "{0}, {1} day")
    @CsvSource({"pva, -1", "drf.901-70, 1", "dpf.901-70, -1", "sho.262-01, 1"})
    void provisionsTheDeviceAlthoughAClockJumpsOnTheWayAndComesBack(String name, int days) throws Exception {
        WrongClock clock = new WrongClock(name);
        try (LabHarness lab = new LabHarness(Options.simple(), directory, clock)) {
            DeviceRun run = lab.place(0).get(0);
            AtomicBoolean jumped = new AtomicBoolean();
            run.onState(state -> {
                if (state.equals("REGISTERING") && !jumped.getAndSet(true)) {
                    clock.offset = Duration.ofDays(days);
                    ScheduledFuture<?> unused = operator.schedule(
                            () -> clock.offset = Duration.ZERO, UNTIL_RIGHT.toMillis(), TimeUnit.MILLISECONDS);
                }
            });

            lab.arrives(run, LIMIT);

            assertThat(jumped).isTrue();
            assertThat(run.trace().events()).extracting(StepEvent::code).doesNotContainAnyElementsOf(BLAMES);
            assertThat(lab.lab.network().operator().holds(Optional.empty())).isEmpty();
        }
    }

    @ParameterizedTest(name = "{0} days")
    @ValueSource(ints = {1, -1, -3650})
    void provisionsADeviceWhoseOwnClockIsWrong(int days) throws Exception {
        WrongClock clock = new WrongClock("device 1");
        clock.offset = Duration.ofDays(days);
        try (LabHarness lab = new LabHarness(Options.simple(), directory, clock)) {
            DeviceRun run = lab.place(0).get(0);

            lab.arrives(run, LIMIT);

            assertThat(run.trace().taken()).isEqualTo(DeviceTrace.expected(Procedure.INITIAL, true));
            assertThat(Files.readString(run.device().log()).contains("the board's clock is slow"))
                    .isEqualTo(days < 0);
        }
    }
}
