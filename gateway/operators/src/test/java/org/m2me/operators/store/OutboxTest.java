// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.operators.ManualClock;
import org.m2me.operators.Unavailable;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

final class OutboxTest {
    private static final String EFFECTS = "CREATE TABLE effect (n INTEGER PRIMARY KEY, name TEXT NOT NULL)";

    @TempDir
    Path directory;

    private final ManualClock clock = new ManualClock(Instant.parse("2026-11-22T10:00:00Z"));
    private final BlockingQueue<String> calls = new LinkedBlockingQueue<>();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    @Test
    void doesWhatWasAddedOnceTheTransactionIsCommitted() throws Exception {
        Database database = open("role.db");
        Outbox outbox = start(database, (key, body) -> record(key + "=" + new String(body, UTF_8)));
        assertThatThrownBy(() -> database.change(connection -> {
                    outbox.add(connection, "tell", "rolled back", new byte[0]);
                    throw new IllegalArgumentException("no");
                }))
                .isInstanceOf(IllegalArgumentException.class);
        add(database, outbox, "tell", "k1", "hello");
        assertThat(next()).isEqualTo("k1=hello");
        awaitEmpty(database);
        assertThat(calls).isEmpty();
    }

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
    void givesUpWhatIsRefusedAndTellsWhyInTheSameTransaction() throws Exception {
        Database database = open("role.db");
        Outbox outbox = start(database, (key, body) -> {
            throw new Refused(ResultCode.NO_CONTRACT, "no such device");
        });
        add(database, outbox, "tell", "k", "");
        awaitEmpty(database);
        assertThat(effects(database))
                .singleElement()
                .asString()
                .startsWith("tell k given up: ")
                .endsWith("no such device");
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

    @Test
    void tellsAfterARestartWhatWasDecidedBeforeAKill() throws Exception {
        Database database = open("role.db");
        Outbox neverStarted = outbox(database, (key, body) -> record("too early"));
        add(database, neverStarted, "tell", "k", "decided");
        Database afterKill = copyOf(database, "after-kill.db");
        start(afterKill, (key, body) -> record(new String(body, UTF_8)));
        assertThat(next()).isEqualTo("decided");
        awaitEmpty(afterKill);
    }

    @Test
    void takesUpAtOnceWhatWasUnderWayWhenItWasKilled() throws Exception {
        Database database = open("role.db");
        CountDownLatch killed = new CountDownLatch(1);
        Outbox outbox = start(database, (key, body) -> {
            calls.add("first run");
            killed.await();
            return Outbox.FollowUp.NONE;
        });
        add(database, outbox, "tell", "k", "");
        assertThat(next()).isEqualTo("first run");
        Database afterKill = copyOf(database, "after-kill.db");
        start(afterKill, (key, body) -> record("second run"));
        assertThat(next()).isEqualTo("second run");
        killed.countDown();
    }

    @Test
    void hasItsEffectOnceWhenTwoRunsDoTheSameWork() throws Exception {
        Database database = open("role.db");
        CountDownLatch secondIsDone = new CountDownLatch(1);
        Outbox first = start(database, (key, body) -> {
            calls.add("first");
            secondIsDone.await();
            return effect("by first");
        });
        add(database, first, "tell", "k", "");
        assertThat(next()).isEqualTo("first");
        Outbox second = start(database, (key, body) -> effect("by second"));
        awaitEmpty(database);
        secondIsDone.countDown();
        first.close();
        second.close();
        assertThat(effects(database)).containsExactly("by second");
    }

    @Test
    void leavesWorkThatIsThereAlreadyAsItIs() throws Exception {
        Database database = open("role.db");
        Outbox outbox = outbox(database, (key, body) -> record(new String(body, UTF_8)));
        add(database, outbox, "tell", "k", "one");
        add(database, outbox, "tell", "k", "two");
        outbox.start();
        assertThat(next()).isEqualTo("one");
        awaitEmpty(database);
        assertThat(calls).isEmpty();
    }

    @Test
    void keepsTheOrderOfAKeyAndLetsOtherKeysPass() throws Exception {
        Database database = open("role.db");
        AtomicReference<@Nullable Exception> fault = new AtomicReference<>(new IOException("first attempt"));
        Outbox.Handler failsOnce = (key, body) -> {
            Exception why = fault.getAndSet(null);
            calls.add("first of " + key);
            if (why != null) {
                throw why;
            }
            return Outbox.FollowUp.NONE;
        };
        Outbox outbox = track(Outbox.of(
                database,
                clock,
                new SplittableRandom(1),
                Map.of("first", failsOnce, "second", (key, body) -> record("second of " + key)),
                OutboxTest::givenUp));
        database.change(connection -> {
            outbox.add(connection, "first", "a", new byte[0]);
            outbox.add(connection, "second", "a", new byte[0]);
        });
        outbox.start();
        assertThat(next()).isEqualTo("first of a");
        awaitPostponed(database, 1);
        add(database, outbox, "second", "b", "");
        assertThat(next()).isEqualTo("second of b");
        clock.advance(Duration.ofSeconds(1));
        outbox.wake();
        assertThat(next()).isEqualTo("first of a");
        assertThat(next()).isEqualTo("second of a");
    }

    @Test
    void doesWhatADoneWorkAddsInItsFollowUp() throws Exception {
        Database database = open("role.db");
        AtomicReference<@Nullable Outbox> self = new AtomicReference<>();
        Outbox outbox = outbox(database, (key, body) -> {
            calls.add(key);
            Outbox mine = self.get();
            return key.length() < 3 && mine != null
                    ? connection -> mine.add(connection, "tell", key + "x", new byte[0])
                    : Outbox.FollowUp.NONE;
        });
        self.set(outbox);
        outbox.start();
        add(database, outbox, "tell", "k", "");
        assertThat(List.of(next(), next(), next())).containsExactly("k", "kx", "kxx");
        awaitEmpty(database);
    }

    @Test
    void repeatsWorkWhoseFollowUpFailsAndKeepsNothingOfIt() throws Exception {
        Database database = open("role.db");
        AtomicReference<Outbox.FollowUp> followUp = new AtomicReference<>(connection -> {
            effect("half").run(connection);
            throw new IllegalStateException("cannot");
        });
        Outbox outbox = start(database, (key, body) -> followUp.getAndSet(effect("whole")));
        add(database, outbox, "tell", "k", "");
        awaitPostponed(database, 1);
        assertThat(effects(database)).isEmpty();
        clock.advance(Duration.ofSeconds(1));
        outbox.wake();
        awaitEmpty(database);
        assertThat(effects(database)).containsExactly("whole");
    }

    @Test
    void closesThoughACallHangs() throws Exception {
        Database database = open("role.db");
        CountDownLatch never = new CountDownLatch(1);
        Outbox outbox = start(database, (key, body) -> {
            calls.add(key);
            never.await();
            return Outbox.FollowUp.NONE;
        });
        add(database, outbox, "tell", "k", "");
        assertThat(next()).isEqualTo("k");
        outbox.close();
        start(database, (key, body) -> record("again"));
        assertThat(next()).isEqualTo("again");
    }

    private Outbox.FollowUp record(String call) {
        calls.add(call);
        return Outbox.FollowUp.NONE;
    }

    private static Outbox.FollowUp effect(String name) {
        return connection -> insert(connection, name);
    }

    private static void givenUp(Connection connection, String kind, String key, byte[] body, Exception why)
            throws SQLException {
        insert(connection, kind + " " + key + " given up: " + why.getMessage());
    }

    private static void insert(Connection connection, String name) throws SQLException {
        try (var insert = connection.prepareStatement("INSERT INTO effect (name) VALUES (?)")) {
            insert.setString(1, name);
            insert.executeUpdate();
        }
    }

    private String next() throws InterruptedException {
        String call = calls.poll(20, TimeUnit.SECONDS);
        return call == null ? "nothing within 20 s" : call;
    }

    private Database open(String name) {
        return track(Database.open(directory.resolve(name), Outbox.SCHEMA, EFFECTS));
    }

    /** What a killed process leaves on the disk. */
    private Database copyOf(Database running, String name) throws IOException {
        running.<Boolean, RuntimeException>read(connection -> true);
        Files.copy(directory.resolve("role.db"), directory.resolve(name));
        Files.copy(directory.resolve("role.db-wal"), directory.resolve(name + "-wal"));
        return open(name);
    }

    private Outbox outbox(Database database, Outbox.Handler handler) {
        return track(Outbox.of(
                database, clock, new SplittableRandom(opened.size()), Map.of("tell", handler), OutboxTest::givenUp));
    }

    private Outbox start(Database database, Outbox.Handler handler) {
        return outbox(database, handler).start();
    }

    private <T extends AutoCloseable> T track(T closeable) {
        opened.add(closeable);
        return closeable;
    }

    private static void add(Database database, Outbox outbox, String kind, String key, String body) {
        database.change(connection -> outbox.add(connection, kind, key, body.getBytes(UTF_8)));
    }

    private static List<String> effects(Database database) {
        return database.<List<String>, RuntimeException>read(connection -> {
            try (var query = connection.prepareStatement("SELECT name FROM effect ORDER BY n");
                    var rows = query.executeQuery()) {
                List<String> names = new ArrayList<>();
                while (rows.next()) {
                    names.add(rows.getString(1));
                }
                return names;
            }
        });
    }

    private static long number(Database database, String sql) {
        return database.<Long, RuntimeException>read(connection -> {
            try (var query = connection.prepareStatement(sql);
                    var rows = query.executeQuery()) {
                return rows.next() ? rows.getLong(1) : -1;
            }
        });
    }

    private static void awaitEmpty(Database database) {
        await(database, "SELECT COUNT(*) FROM outbox", 0);
    }

    /** When the only row with this many attempts is due again. */
    private static long awaitPostponed(Database database, int attempts) {
        await(database, "SELECT COUNT(*) FROM outbox WHERE owner = 0 AND attempts = " + attempts, 1);
        return number(database, "SELECT due FROM outbox WHERE attempts = " + attempts);
    }

    private static void await(Database database, String sql, long wanted) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (number(database, sql) != wanted) {
            assertThat(System.nanoTime()).as(sql + " becomes " + wanted).isLessThan(end);
            Thread.onSpinWait();
        }
    }
}
