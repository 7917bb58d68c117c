// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.access;

import java.util.EnumMap;
import java.util.Map;

/**
 * What crossed a session, IP headers included, and what did not.
 *
 * @param dropped packets by reason; a reason that is not there has had none
 */
public record Traffic(long packetsUp, long bytesUp, long packetsDown, long bytesDown, Map<Drop, Long> dropped) {
    /** Packets dropped for this reason. */
    public long dropped(Drop reason) {
        return dropped.getOrDefault(reason, 0L);
    }

    /** Bytes both ways: what a quota is about. */
    public long bytes() {
        return bytesUp + bytesDown;
    }

    /** Counts; not thread-safe, its owner is. */
    static final class Counter {
        private final Map<Drop, Long> dropped = new EnumMap<>(Drop.class);
        private long packetsUp;
        private long bytesUp;
        private long packetsDown;
        private long bytesDown;

        void up(int bytes) {
            packetsUp++;
            bytesUp += bytes;
        }

        void down(int bytes) {
            packetsDown++;
            bytesDown += bytes;
        }

        void dropped(Drop reason) {
            dropped.merge(reason, 1L, Long::sum);
        }

        long bytes() {
            return bytesUp + bytesDown;
        }

        Traffic snapshot() {
            return new Traffic(packetsUp, bytesUp, packetsDown, bytesDown, Map.copyOf(dropped));
        }
    }
}
