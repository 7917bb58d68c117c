// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.m2me.operators.Unavailable;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

/** When an outbox tries, and when it gives up. */
final class OutboxRetryTest extends OutboxFixture {
    @Test
    void repeatsWhatFailsAfterAPauseThatGrows() throws Exception {
        Database database = open("role.db");
        Outbox outbox = start(database, (key, body) -> {
            calls.add(key);
            throw new Unavailable("peer is down", new IOException("refused"));
        });
        add(database, outbox, "tell", "k", "");
        assertThat(next()).isEqualTo("k");
        Duration before = Duration.ZERO;
        for (int attempt = 1; attempt < 9; attempt++) {
            Duration pause = Duration.ofMillis(awaitPostponed(database, attempt) - clock.millis());
            assertThat(pause).isBetween(Outbox.FIRST_RETRY.dividedBy(2), Outbox.RETRY_MAX);
            if (attempt > 1 && attempt < 6) {
                assertThat(pause.multipliedBy(4)).isGreaterThan(before);
            }
            before = pause;
            clock.advance(pause.minusMillis(1));
            outbox.wake();
            clock.advance(Duration.ofMillis(1));
            outbox.wake();
            assertThat(next()).isEqualTo("k");
        }
        assertThat(before).isGreaterThan(Duration.ofSeconds(4));
    }

    @Test
    void doesLaterWhatIsForLaterAlsoAfterARestart() throws Exception {
        Database database = open("role.db");
        Outbox outbox = start(database, (key, body) -> record(key));
        later(database, outbox, "limit", Duration.ofMinutes(30));
        later(database, outbox, "needless", Duration.ofMinutes(30));
        database.change(connection -> outbox.drop(connection, "tell", "needless"));
        outbox.close();
        clock.advance(Duration.ofMinutes(30).minusMillis(1));
        Outbox restarted = start(database, (key, body) -> record(key));
        add(database, restarted, "tell", "now", "");
        assertThat(next()).isEqualTo("now");
        clock.advance(Duration.ofMillis(1));
        restarted.wake();
        assertThat(next()).isEqualTo("limit");
        awaitEmpty(database);
        assertThat(calls).isEmpty();
    }

    @Test
    void doesNotWaitForADayWhenTheClockIsSetBackByOne() throws Exception {
        Database database = open("role.db");
        Outbox outbox = start(database, (key, body) -> {
            calls.add(key);
            throw new Unavailable("peer is down", new IOException("refused"));
        });
        add(database, outbox, "tell", "k", "");
        assertThat(next()).isEqualTo("k");
        awaitPostponed(database, 1);
        clock.advance(Duration.ofDays(-1));
        outbox.wake();
        await(database, "SELECT COUNT(*) FROM outbox WHERE due > " + (clock.millis() + 1000), 0);
        clock.advance(Outbox.RETRY_MAX);
        outbox.wake();
        assertThat(next()).isEqualTo("k");
    }

    @Test
    void triesAtItsStartWhatAnEarlierRunPutOffByAClockThatWasFast() throws Exception {
        Database database = open("role.db");
        Outbox fast = start(database, (key, body) -> {
            throw new Unavailable("peer is down", new IOException("refused"));
        });
        add(database, fast, "tell", "k", "");
        awaitPostponed(database, 1);
        fast.close();
        clock.advance(Duration.ofDays(-1));
        start(database, (key, body) -> record(key));
        assertThat(next()).isEqualTo("k");
    }

    private static void later(Database database, Outbox outbox, String key, Duration delay) {
        database.change(connection -> outbox.addLater(connection, "tell", key, new byte[0], delay));
    }

    @Test
    void repeatsARefusalThatSaysComeAgain() throws Exception {
        Database database = open("role.db");
        Outbox outbox = start(database, (key, body) -> {
            calls.add(key);
            throw new Refused(ResultCode.BUSY, "later");
        });
        add(database, outbox, "tell", "k", "");
        assertThat(next()).isEqualTo("k");
        awaitPostponed(database, 1);
        clock.advance(Duration.ofSeconds(1));
        outbox.wake();
        assertThat(next()).isEqualTo("k");
    }

    @Test
    void givesUpWhatWasTriedForADay() throws Exception {
        Database database = open("role.db");
        Outbox outbox = failing(database);
        add(database, outbox, "tell", "k", "");
        assertThat(next()).isEqualTo("k");
        awaitPostponed(database, 1);
        setAttempts(database, Outbox.ATTEMPTS_MAX - 2);
        clock.advance(Outbox.RETRY_MAX);
        outbox.wake();
        assertThat(next()).isEqualTo("k");
        awaitPostponed(database, Outbox.ATTEMPTS_MAX - 1);
        clock.advance(Outbox.RETRY_MAX);
        outbox.wake();
        awaitEmpty(database);
        assertThat(effects(database)).containsExactly("tell k given up: no route");
        assertThat(Outbox.RETRY_MAX.dividedBy(2).multipliedBy(Outbox.ATTEMPTS_MAX))
                .isGreaterThanOrEqualTo(Duration.ofHours(24));
    }

    @Test
    void losesNothingWhenTheClockIsSetForwardByDays() throws Exception {
        Database database = open("role.db");
        Outbox outbox = failing(database);
        add(database, outbox, "tell", "k", "");
        assertThat(next()).isEqualTo("k");
        awaitPostponed(database, 1);
        clock.advance(Duration.ofDays(3));
        outbox.wake();
        assertThat(next()).isEqualTo("k");
        awaitPostponed(database, 2);
        clock.advance(Duration.ofDays(-3));
        outbox.wake();
        await(database, "SELECT COUNT(*) FROM outbox WHERE due > " + (clock.millis() + Outbox.RETRY_MAX.toMillis()), 0);
        clock.advance(Outbox.RETRY_MAX);
        outbox.wake();
        assertThat(next()).isEqualTo("k");
        assertThat(effects(database)).isEmpty();
    }

    @Test
    void triesOnWhatWasOwedWhenTheRoleWasDownForDays() throws Exception {
        Database database = open("role.db");
        Outbox before = failing(database);
        add(database, before, "tell", "k", "");
        assertThat(next()).isEqualTo("k");
        awaitPostponed(database, 1);
        before.close();
        clock.advance(Duration.ofDays(3));
        failing(database);
        assertThat(next()).isEqualTo("k");
        awaitPostponed(database, 2);
        assertThat(effects(database)).isEmpty();
    }

    private Outbox failing(Database database) {
        return start(database, (key, body) -> {
            calls.add(key);
            throw new IOException("no route");
        });
    }

    private static void setAttempts(Database database, int attempts) {
        database.change(connection -> {
            try (var update = connection.prepareStatement("UPDATE outbox SET attempts = ?")) {
                update.setInt(1, attempts);
                update.executeUpdate();
            }
        });
    }
}
