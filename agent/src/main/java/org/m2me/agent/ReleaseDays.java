// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.m2me.hal.Storage;
import org.m2me.protocol.crypto.Hashes;
import org.m2me.protocol.identity.Opaque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * On how many days a release was tried in vain, kept across starts. Days are counted, not time: a clock that jumps by a
 * year makes one more of them.
 */
final class ReleaseDays {
    /** An operator that has not answered for a month is gone; its subscription ends by other ways. */
    static final int DAYS_MAX = 30;

    private static final Logger LOG = LoggerFactory.getLogger(ReleaseDays.class);
    private static final String FILE = "releases";
    private static final int NAME_LENGTH = 16; // hexadecimal digits, enough to tell four releases apart
    private static final int ENTRIES_MAX = 8; // twice what a Trusted Environment owes at most

    private final Storage storage;
    private final Clock clock;
    private final Map<String, Days> tried = new TreeMap<>();

    private record Days(int count, long day) {}

    ReleaseDays(Storage storage, Clock clock) {
        this.storage = storage;
        this.clock = clock;
        try {
            storage.read(FILE).ifPresent(bytes -> parse(new String(bytes, StandardCharsets.UTF_8)));
        } catch (IOException unreadable) {
            LOG.warn("{}: {}", FILE, unreadable.toString()); // they are counted anew
        }
    }

    private void parse(String text) {
        text.lines().limit(ENTRIES_MAX).map(line -> line.split(" ", -1)).forEach(parts -> {
            try {
                tried.put(parts[0], new Days(Integer.parseInt(parts[1]), Long.parseLong(parts[2])));
            } catch (NumberFormatException | ArrayIndexOutOfBoundsException malformed) {
                LOG.warn("{}: has a line that is none", FILE);
            }
        });
    }

    /** One more try was in vain: whether it was the last one. */
    boolean isEnough(byte[] release) {
        long today = clock.instant().getEpochSecond() / Duration.ofDays(1).toSeconds();
        Days before = tried.getOrDefault(name(release), new Days(0, Long.MIN_VALUE));
        if (before.day() != today) {
            tried.put(name(release), new Days(before.count() + 1, today));
            store();
        }
        return tried.getOrDefault(name(release), before).count() > DAYS_MAX;
    }

    /** Nothing is owed there any more. */
    void forget(byte[] release) {
        if (tried.remove(name(release)) != null) {
            store();
        }
    }

    private static String name(byte[] release) {
        return Opaque.of(Hashes.sha256(release)).hex().substring(0, NAME_LENGTH);
    }

    private void store() {
        StringBuilder text = new StringBuilder();
        tried.forEach((name, days) -> text.append(name)
                .append(' ')
                .append(days.count())
                .append(' ')
                .append(days.day())
                .append('\n'));
        try {
            storage.write(FILE, text.toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException full) {
            LOG.warn("{}: {}", FILE, full.toString()); // they are counted until the next start
        }
    }
}
