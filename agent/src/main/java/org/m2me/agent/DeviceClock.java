// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import org.m2me.hal.Storage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The board's clock, but never earlier than a time that is known to be over: many boards have no battery for their clock
 * and start in the past. What is known comes from certificates that proved good, for nobody certifies for the future. It
 * is kept, so that what was over before a restart stays over.
 */
final class DeviceClock extends Clock {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceClock.class);
    private static final String KEPT = "clock";

    private final Clock board;
    private final Storage storage;
    private volatile Instant known;

    /** @param made when the device was made, the least that is known */
    DeviceClock(Clock board, Storage storage, Instant made) {
        this.board = board;
        this.storage = storage;
        this.known = kept(storage).filter(made::isBefore).orElse(made);
        if (board.instant().isBefore(known)) {
            LOG.warn("the board's clock is slow: it shows {}, and {} is over", board.instant(), known);
        }
    }

    private static Optional<Instant> kept(Storage storage) {
        try {
            return storage.read(KEPT).map(text -> Instant.parse(new String(text, StandardCharsets.US_ASCII)));
        } catch (IOException | DateTimeException lost) {
            LOG.warn("what was known of the time is lost: {}", lost.toString());
            return Optional.empty();
        }
    }

    /** This moment is over, as somebody signed who is trusted. Written only if it is news: a few times in a device's life. */
    synchronized void learn(Instant over) {
        if (!over.isAfter(known)) {
            return;
        }
        known = over;
        try {
            storage.write(KEPT, over.toString().getBytes(StandardCharsets.US_ASCII));
        } catch (IOException full) {
            LOG.warn("that {} is over is not kept: {}", over, full.toString()); // it is learned again
        }
    }

    @Override
    public Instant instant() {
        Instant now = board.instant();
        return now.isBefore(known) ? known : now;
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
