// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge.device;

import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** One token bucket for each key, the least recently used forgotten first. */
public final class TokenBuckets<K> {
    private final Rate rate;
    private final Clock clock;
    private final Map<K, Bucket> buckets;

    /** @param keysMax how many buckets are kept; a forgotten key starts with a full bucket */
    public TokenBuckets(Rate rate, int keysMax, Clock clock) {
        this.rate = rate;
        this.clock = clock;
        this.buckets = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, Bucket> eldest) {
                return size() > keysMax;
            }
        };
    }

    /** Takes a token. @return zero if there was one, else how long until there is */
    public synchronized Duration take(K key) {
        long now = clock.millis();
        Bucket bucket = buckets.computeIfAbsent(key, k -> new Bucket(rate.burst(), now));
        double gained = Math.max(0, now - bucket.at) * rate.perSecond() / 1000;
        bucket.tokens = Math.min(rate.burst(), bucket.tokens + gained);
        bucket.at = now;
        if (bucket.tokens >= 1) {
            bucket.tokens -= 1;
            return Duration.ZERO;
        }
        return Duration.ofMillis((long) Math.ceil((1 - bucket.tokens) * 1000 / rate.perSecond()));
    }

    private static final class Bucket {
        private double tokens;
        private long at;

        private Bucket(double tokens, long at) {
            this.tokens = tokens;
            this.at = at;
        }
    }
}
