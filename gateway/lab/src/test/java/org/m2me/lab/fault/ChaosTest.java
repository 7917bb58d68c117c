// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ChaosTest {
    private static final List<String> CLOCKS = List.of("dpf.901-70", "gateway", "pva", "subscriber.fleet");
    private static final int MANY = 500;

    private static Chaos raging(long seed, boolean disks) {
        Chaos chaos = new Chaos(seed, disks);
        chaos.rage();
        return chaos;
    }

    /** Everything that befalls the lab, in words. */
    private static List<String> harm(Chaos chaos) {
        List<String> harm = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            harm.add("" + chaos.at("pva", "pva.validate") + chaos.at("device 1", true) + chaos.cutsPower(1, "WAITING")
                    + chaos.fillsDisk(1, "WAITING") + chaos.next(CLOCKS) + chaos.atStart("device 1"));
        }
        return harm;
    }

    @Test
    void harmsTheSameThingsAgainWithTheSameSeedOnly() {
        assertThat(harm(raging(7, true))).isEqualTo(harm(raging(7, true)));
        assertThat(harm(raging(7, true))).isNotEqualTo(harm(raging(8, true)));
    }

    @Test
    void harmsNothingWhileItIsCalm() {
        Chaos chaos = new Chaos(7, true);

        harm(chaos);

        assertThat(chaos.tally()).isEqualTo(Chaos.Tally.NONE);
    }

    @Test
    void countsWhatItHarms() {
        Chaos chaos = raging(7, true);

        harm(chaos);

        Chaos.Tally tally = chaos.tally();
        assertThat(Stream.of(
                        tally.calls(), tally.datagrams(), tally.powerCuts(), tally.fullDisks(), tally.wrongClocks()))
                .allMatch(count -> count > 10);
        assertThat(tally.plus(tally).toString())
                .contains(2 * tally.fullDisks() + " disks")
                .contains(2 * tally.wrongClocks() + " clocks");
    }

    @Test
    void fillsNoDiskWhereNoneCanBeFilled() {
        Chaos chaos = raging(7, false);

        assertThat(harm(chaos)).noneMatch(words -> words.contains(Fault.DISK_FULL.name()));

        assertThat(chaos.tally().fullDisks()).isZero();
        assertThat(chaos.tally().calls()).isPositive();
    }

    @Test
    void setsEveryClockADayWrongEitherWayForAWhileButTheSubscribers() {
        Chaos chaos = raging(7, true);
        List<ClockFaults.Jump> jumps = Stream.generate(() -> chaos.next(CLOCKS))
                .limit(MANY)
                .flatMap(Optional::stream)
                .toList();

        assertThat(jumps).extracting(ClockFaults.Jump::clock).containsOnly("dpf.901-70", "gateway", "pva");
        assertThat(jumps).extracting(ClockFaults.Jump::by).containsOnly(Duration.ofDays(1), Duration.ofDays(-1));
        assertThat(jumps)
                .extracting(ClockFaults.Jump::howLong)
                .allSatisfy(length -> assertThat(length).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(20)));
    }

    @Test
    void aClockThatWasSetWrongComesBack() {
        Instant now = Instant.parse("2026-11-22T10:00:00Z");
        AtomicLong nanos = new AtomicLong();
        FaultyClock clock = new FaultyClock(Clock.fixed(now, ZoneOffset.UTC), nanos::get);
        assertThat(clock.instant()).isEqualTo(now);

        clock.jump(Duration.ofDays(-1), Duration.ofSeconds(3));
        assertThat(clock.instant()).isEqualTo(now.minus(Duration.ofDays(1)));
        nanos.set(Duration.ofSeconds(3).toNanos());

        assertThat(clock.instant()).isEqualTo(now);
    }
}
