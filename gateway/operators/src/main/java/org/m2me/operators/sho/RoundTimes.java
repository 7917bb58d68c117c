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
     * What a device waits at most: less than one of its exchanges takes on a slow bearer, and as long as a gateway holds an
     * answer back before it acknowledges the question.
     */
    static final Duration PAUSE = Duration.ofSeconds(1);

    /**
     * What one of a campaign waits at most. Nobody looks on, its order has waited longer for the device, and a round with five
     * times as many costs the PVA little more than one: signatures and calls are made once for all.
     */
    static final Duration FLEET_PAUSE = Duration.ofSeconds(5);

    private final Beat singles = new Beat(PAUSE);
    private final Beat fleets = new Beat(FLEET_PAUSE);

    /** How long a device that comes now has to wait for its round. @param ofCampaign whether a campaign ordered it to come */
    Duration until(Instant now, boolean ofCampaign) {
        return ofCampaign ? fleets.until(now) : singles.until(now);
    }

    private static final class Beat {
        private final Duration pause;
        private Instant latest = Instant.EPOCH;

        Beat(Duration pause) {
            this.pause = pause;
        }

        synchronized Duration until(Instant now) {
            if (latest.isAfter(now.plus(pause))) { // the clock was set back
                latest = now;
            }
            if (latest.isBefore(now)) {
                Instant next = latest.plus(pause);
                latest = next.isAfter(now) ? next : now;
            }
            return Duration.between(now, latest);
        }
    }
}
