// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import java.time.Duration;
import java.time.Instant;

/**
 * When rounds of inquiries begin: at once when none has begun for a while, so that a device that comes alone does not wait;
 * else a while after the last one, with all that have come by then.
 */
final class RoundTimes {
    /**
     * What a device in a mass change waits at most: less than one of its exchanges takes on a slow bearer, and as long as
     * a gateway holds an answer back before it acknowledges the question.
     */
    static final Duration PAUSE = Duration.ofSeconds(1);

    private Instant latest = Instant.EPOCH;

    /** How long a device that comes now has to wait for its round. */
    synchronized Duration until(Instant now) {
        if (latest.isAfter(now.plus(PAUSE))) { // the clock was set back
            latest = now;
        }
        if (latest.isBefore(now)) {
            Instant next = latest.plus(PAUSE);
            latest = next.isAfter(now) ? next : now;
        }
        return Duration.between(now, latest);
    }
}
