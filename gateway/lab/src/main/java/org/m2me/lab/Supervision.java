// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.m2me.lab.device.DeviceRun;

/** Starts a device's agent again when it ends before the device is at work, as a board's service manager does. */
final class Supervision {
    /** Between an end and the next start: a service manager's default is of this order, and power comes back later. */
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final Lab lab;
    private final boolean cellular;
    private final Clock clock;

    Supervision(Lab lab, boolean cellular, Clock clock) {
        this.lab = lab;
        this.cellular = cellular;
        this.clock = clock;
    }

    /** Until the device is at work; gives up when the limit is over. */
    Outcome arrive(DeviceRun run, Duration limit) throws IOException, InterruptedException {
        Instant end = clock.instant().plus(limit);
        while (true) {
            lab.switchOn(run);
            run.await(left(end));
            Outcome outcome = Outcome.of(run, cellular, lab.network().subscriber());
            if (outcome.good() || left(end).isZero()) {
                return outcome;
            }
            run.rest(PAUSE);
        }
    }

    private Duration left(Instant end) {
        Duration left = Duration.between(clock.instant(), end);
        return left.isNegative() ? Duration.ZERO : left;
    }
}
