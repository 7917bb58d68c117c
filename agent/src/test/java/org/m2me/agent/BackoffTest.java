// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private static final RandomGenerator HIGHEST = new RandomGenerator() {
        @Override
        public long nextLong() {
            return -1;
        }

        @Override
        public long nextLong(long bound) {
            return bound - 1;
        }
    };

    @Test
    void doublesItsBoundUntilTheLongest() {
        Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(10), HIGHEST);

        assertThat(backoff.next()).isEqualTo(Duration.ofSeconds(1));
        assertThat(backoff.next()).isEqualTo(Duration.ofSeconds(2));
        assertThat(backoff.next()).isEqualTo(Duration.ofSeconds(4));
        assertThat(backoff.next()).isEqualTo(Duration.ofSeconds(8));
        assertThat(backoff.next()).isEqualTo(Duration.ofSeconds(10));
        assertThat(backoff.next()).isEqualTo(Duration.ofSeconds(10));
        assertThat(backoff.tries()).isEqualTo(6);
    }

    @Test
    void usesTheWholeRange() {
        Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(1), new Random(1));
        int low = 0;
        int high = 0;
        for (int i = 0; i < 1_000; i++) {
            long pause = backoff.next().toMillis();
            assertThat(pause).isBetween(0L, 1_000L);
            low += pause < 500 ? 1 : 0;
            high += pause > 900 ? 1 : 0;
        }
        assertThat(low).isBetween(400, 600);
        assertThat(high).isBetween(50, 200);
    }

    @Test
    void startsOverAfterASuccess() {
        Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1), HIGHEST);
        backoff.next();
        backoff.next();

        backoff.reset();

        assertThat(backoff.tries()).isZero();
        assertThat(backoff.next()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void neverOverflows() {
        Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofDays(1), HIGHEST);
        for (int i = 0; i < 10_000; i++) {
            assertThat(backoff.next()).isBetween(Duration.ZERO, Duration.ofDays(1));
        }
    }
}
