// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.store;

import java.time.Clock;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** When work that failed is to be tried again. */
final class Backoff {
    private final Clock clock;
    private final RandomGenerator random;

    Backoff(Clock clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    /** Doubles, and is drawn from its upper half so that many do not come back at once. */
    Duration pause(int attempts) {
        long whole = Math.min(Outbox.RETRY_MAX.toMillis(), Outbox.FIRST_RETRY.toMillis() << Math.min(attempts, 10));
        synchronized (random) {
            return Duration.ofMillis(whole / 2 + random.nextLong(whole / 2 + 1));
        }
    }

    long due(Duration pause) {
        return clock.millis() + pause.toMillis();
    }
}
