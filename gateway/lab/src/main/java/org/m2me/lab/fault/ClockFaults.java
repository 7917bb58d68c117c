// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.fault;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Decides whose clock is wrong, and when. Called by many threads at once. */
public interface ClockFaults {
    /** Every clock is right. */
    ClockFaults NONE = new ClockFaults() {
        @Override
        public Optional<Jump> next(List<String> clocks) {
            return Optional.empty();
        }

        @Override
        public Duration atStart(String device) {
            return Duration.ZERO;
        }
    };

    /** A clock that is set wrong, and right again after a while. @param by how far it is fast, or with a minus slow */
    record Jump(String clock, Duration by, Duration howLong) {}

    /** The next {@link FaultNetwork#CLOCK_PERIOD}. @param clocks all there are of roles and gateway, sorted */
    Optional<Jump> next(List<String> clocks);

    /** A device that is switched on: how far its clock is fast, or with a minus slow, until it is switched on again. */
    Duration atStart(String device);
}
