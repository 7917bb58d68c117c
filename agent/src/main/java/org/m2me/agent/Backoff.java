// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next try: anything up to a bound that doubles with each try. The whole range is used
 * (full jitter), so that devices which failed together do not come back together.
 */
final class Backoff {
    private final Duration first;
    private final Duration longest;
    private final RandomGenerator random;
    private int tries;

    /**
     * Starts with no try made.
     *
     * @param first bound of the first pause
     * @param longest bound that is never exceeded
     */
    Backoff(Duration first, Duration longest, RandomGenerator random) {
        this.first = first;
        this.longest = longest;
        this.random = random;
    }

    /** The next pause. */
    Duration next() {
        long bound = first.toMillis();
        for (int i = 0; i < tries && bound < longest.toMillis(); i++) {
            bound *= 2;
        }
        tries++;
        return Duration.ofMillis(random.nextLong(Math.min(bound, longest.toMillis()) + 1));
    }

    /** How many pauses there were since the last success. */
    int tries() {
        return tries;
    }

    /** It went well. */
    void reset() {
        tries = 0;
    }
}
