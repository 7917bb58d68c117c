// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.fault;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;

/** A clock that somebody sets wrong for a while. */
final class FaultyClock extends Clock {
    private final Clock right;
    private final LongSupplier nanoTime;
    private volatile Wrong wrong;

    /** How far, and until when by what only goes forward. */
    private record Wrong(Duration by, long until) {}

    FaultyClock(Clock right, LongSupplier nanoTime) {
        this.right = right;
        this.nanoTime = nanoTime;
        this.wrong = new Wrong(Duration.ZERO, nanoTime.getAsLong());
    }

    void jump(Duration by, Duration howLong) {
        wrong = new Wrong(by, nanoTime.getAsLong() + howLong.toNanos());
    }

    @Override
    public Instant instant() {
        Wrong now = wrong;
        Instant instant = right.instant();
        return nanoTime.getAsLong() - now.until < 0 ? instant.plus(now.by) : instant;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
