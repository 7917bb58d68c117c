// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceFeed;

final class DeviceFeedLogTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final ManualClock clock = new ManualClock(Instant.parse("2026-11-22T10:00:00Z"));

    @Test
    void namesEachDeviceOnceInTheOrderOfItsNewestMail() throws Exception {
        DeviceFeedLog log = new DeviceFeedLog(clock, List.of());
        List.of(1, 2, 1).forEach(n -> log.announce(device(n)));
        DeviceFeed feed = log.feed(0, Duration.ZERO);
        assertThat(feed.devices()).containsExactly(device(2), device(1));
        assertThat(log.feed(feed.latest(), Duration.ZERO).devices()).isEmpty();
    }

    @Test
    void waitsForMail() throws Exception {
        DeviceFeedLog log = new DeviceFeedLog(clock, List.of());
        long latest = log.feed(0, Duration.ZERO).latest();
        CompletableFuture<DeviceFeed> answer = CompletableFuture.supplyAsync(() -> {
            try {
                return log.feed(latest, LONG);
            } catch (InterruptedException stop) {
                throw new IllegalStateException(stop);
            }
        });
        log.announce(device(7));
        assertThat(answer.get().devices()).containsExactly(device(7));
    }

    @Test
    void answersInPartsAndMissesNone() throws Exception {
        DeviceFeedLog log = new DeviceFeedLog(clock, List.of());
        for (int n = 0; n < 2_500; n++) {
            log.announce(device(n));
        }
        List<Ueid> read = new ArrayList<>();
        long after = 0;
        for (int part = 0; part < 3; part++) {
            DeviceFeed feed = log.feed(after, Duration.ZERO);
            read.addAll(feed.devices());
            after = feed.latest();
        }
        assertThat(read).hasSize(2_500).doesNotHaveDuplicates();
        assertThat(log.feed(after, Duration.ZERO).devices()).isEmpty();
    }

    @Test
    void tellsWhoReadBeforeARestartAboutTheMailThatWaits() throws Exception {
        DeviceFeedLog before = new DeviceFeedLog(clock, List.of());
        before.announce(device(1));
        long latest = before.feed(0, Duration.ZERO).latest();
        clock.advance(Duration.ofSeconds(1));
        DeviceFeedLog after = new DeviceFeedLog(clock, List.of(device(2)));
        assertThat(after.feed(latest, LONG).devices()).containsExactly(device(2));
    }

    @Test
    void answersANumberFromTheFutureLikeTheFirstQuestion() throws Exception {
        DeviceFeedLog log = new DeviceFeedLog(clock, List.of(device(3)));
        assertThat(log.feed(Long.MAX_VALUE, LONG).devices()).containsExactly(device(3));
    }

    @Test
    void forgetsTheOldestWhenThereAreTooMany() throws Exception {
        DeviceFeedLog log = new DeviceFeedLog(clock, List.of());
        for (int n = 0; n < 10_001; n++) {
            log.announce(device(n));
        }
        assertThat(log.feed(0, Duration.ZERO).devices().get(0)).isEqualTo(device(1));
    }

    private static Ueid device(int n) {
        return Ueid.hex("01" + String.format(Locale.ROOT, "%032x", n));
    }
}
