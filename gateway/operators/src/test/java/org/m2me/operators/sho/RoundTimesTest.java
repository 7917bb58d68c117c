// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class RoundTimesTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    private final RoundTimes times = new RoundTimes();

    private long until(long millis) {
        return times.until(NOW.plusMillis(millis)).toMillis();
    }

    @Test
    void aDeviceThatComesAloneDoesNotWait() {
        assertThat(until(0)).isZero();
        assertThat(until(5_000)).isZero();
    }

    @Test
    void thoseThatComeAfterARoundBeganGatherForTheNext() {
        assertThat(until(0)).isZero();
        assertThat(until(100)).isEqualTo(900);
        assertThat(until(700)).isEqualTo(300);
        assertThat(until(1_000)).isZero(); // in time for the round that begins now
        assertThat(until(1_200)).isEqualTo(800);
        assertThat(until(3_500)).isZero();
    }

    @Test
    void nobodyWaitsLongerWhenTheClockIsSetBack() {
        assertThat(until(0)).isZero();
        assertThat(until(-3_600_000)).isZero();
        assertThat(until(-3_599_500)).isEqualTo(500);
    }

    @Test
    void nobodyEverWaitsLongerThanAPause() {
        for (long millis = 0; millis < 10_000; millis += 37) {
            assertThat(Duration.ofMillis(until(millis))).isLessThanOrEqualTo(RoundTimes.PAUSE);
        }
    }
}
