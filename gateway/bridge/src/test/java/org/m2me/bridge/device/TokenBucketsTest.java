// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.m2me.bridge.TestClock;

class TokenBucketsTest {
    private final TestClock clock = new TestClock();

    @Test
    void givesABurstThenTheRate() {
        TokenBuckets<String> buckets = new TokenBuckets<>(new Rate(2, 4), 10, clock);

        assertThat(buckets.take("a")).isZero();
        assertThat(buckets.take("a")).isZero();
        assertThat(buckets.take("a")).isEqualTo(Duration.ofMillis(250));
        clock.forward(Duration.ofMillis(250));
        assertThat(buckets.take("a")).isZero();
        assertThat(buckets.take("a")).isPositive();
    }

    @Test
    void neverHoldsMoreThanTheBurst() {
        TokenBuckets<String> buckets = new TokenBuckets<>(new Rate(1, 100), 10, clock);

        clock.forward(Duration.ofHours(1));

        assertThat(buckets.take("a")).isZero();
        assertThat(buckets.take("a")).isPositive();
    }

    @Test
    void doesNotPunishOneKeyForAnother() {
        TokenBuckets<String> buckets = new TokenBuckets<>(new Rate(1, 1), 10, clock);

        assertThat(buckets.take("a")).isZero();
        assertThat(buckets.take("b")).isZero();
    }

    @Test
    void gainsNothingWhenTheClockIsSetBack() {
        TokenBuckets<String> buckets = new TokenBuckets<>(new Rate(1, 1), 10, clock);
        buckets.take("a");

        clock.forward(Duration.ofHours(-1));

        assertThat(buckets.take("a")).isPositive();
    }

    @Test
    void forgetsTheKeyThatWasNotSeenForLongest() {
        TokenBuckets<String> buckets = new TokenBuckets<>(new Rate(1, 1), 2, clock);
        buckets.take("a");
        buckets.take("b");
        buckets.take("c");

        assertThat(buckets.take("c")).isPositive();
        assertThat(buckets.take("a")).isZero();
    }

    @Test
    void refusesARateOfNothing() {
        assertThatThrownBy(() -> new Rate(0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Rate(1, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
