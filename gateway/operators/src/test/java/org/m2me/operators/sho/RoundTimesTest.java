// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RoundTimesTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    private final RoundTimes times = new RoundTimes();

    private long until(long millis) {
        return until(millis, false);
    }

    private long until(long millis, boolean ofCampaign) {
        return times.until(NOW.plusMillis(millis), ofCampaign).toMillis();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDeviceThatComesAloneDoesNotWait(boolean ofCampaign) {
        assertThat(until(0, ofCampaign)).isZero();
        assertThat(until(5_000, ofCampaign)).isZero();
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
    void thoseOfACampaignGatherForLonger() {
        assertThat(until(0, true)).isZero();
        assertThat(until(100, true)).isEqualTo(4_900);
        assertThat(until(4_000, true)).isEqualTo(1_000);
        assertThat(until(5_200, true)).isEqualTo(4_800);
    }

    @Test
    void aDeviceOfNoCampaignDoesNotWaitForOneOfACampaign() {
        assertThat(until(0, true)).isZero();
        assertThat(until(100, true)).isEqualTo(4_900);
        assertThat(until(100, false)).isZero();
        assertThat(until(300, false)).isEqualTo(800);
    }

    @Test
    void nobodyWaitsLongerWhenTheClockIsSetBack() {
        assertThat(until(0)).isZero();
        assertThat(until(-3_600_000)).isZero();
        assertThat(until(-3_599_500)).isEqualTo(500);
    }

    @Test
    void nobodyEverWaitsLongerThanAPause() {
        for (long millis = 0; millis < 20_000; millis += 37) {
            assertThat(Duration.ofMillis(until(millis, false))).isLessThanOrEqualTo(RoundTimes.PAUSE);
            assertThat(Duration.ofMillis(until(millis, true))).isLessThanOrEqualTo(RoundTimes.FLEET_PAUSE);
        }
    }
}
