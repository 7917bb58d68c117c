// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.m2me.hal.Storage;

class ReleaseDaysTest {
    private static final byte[] RELEASE = {1, 2, 3};

    private final TestClock clock = new TestClock();
    private final Storage storage = new TestBoard().storage();

    @Test
    void isEnoughAfterAMonthOfDaysAcrossStarts() {
        for (int day = 0; day < ReleaseDays.DAYS_MAX; day++) {
            ReleaseDays started = new ReleaseDays(storage, clock);
            assertThat(started.isEnough(RELEASE)).isFalse();
            assertThat(started.isEnough(RELEASE)).isFalse(); // as often as there are bearers
            clock.forward(Duration.ofDays(1));
        }
        assertThat(new ReleaseDays(storage, clock).isEnough(RELEASE)).isTrue();
    }

    @Test
    void takesAClockThatJumpsForOneDay() {
        ReleaseDays days = new ReleaseDays(storage, clock);
        assertThat(days.isEnough(RELEASE)).isFalse();
        clock.forward(Duration.ofDays(3650));
        assertThat(days.isEnough(RELEASE)).isFalse();
        clock.forward(Duration.ofDays(-3650));
        assertThat(days.isEnough(RELEASE)).isFalse();
    }

    @Test
    void countsEachReleaseByItselfAndForgetsTheDelivered() throws Exception {
        ReleaseDays days = new ReleaseDays(storage, clock);
        days.isEnough(RELEASE);
        days.isEnough(new byte[] {4});
        assertThat(storage.read("releases").map(bytes -> bytes.length))
                .contains(2 * "0011223344556677 1 20779\n".length());
        days.forget(RELEASE);
        days.forget(new byte[] {4});
        assertThat(storage.read("releases").map(bytes -> bytes.length)).contains(0);
    }

    @Test
    void countsAnewWhatItCannotRead() throws Exception {
        storage.write("releases", "nonsense\n1 2\n\n".getBytes(StandardCharsets.UTF_8));
        assertThat(new ReleaseDays(storage, clock).isEnough(RELEASE)).isFalse();
    }
}
