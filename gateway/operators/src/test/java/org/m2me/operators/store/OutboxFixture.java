// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.operators.ManualClock;

/** Outboxes on databases of a directory that is gone afterwards, and what they did. */
abstract class OutboxFixture {
    static final String EFFECTS = "CREATE TABLE effect (n INTEGER PRIMARY KEY, name TEXT NOT NULL)";

    @TempDir
    Path directory;

    final ManualClock clock = new ManualClock(Instant.parse("2026-11-22T10:00:00Z"));
    final BlockingQueue<String> calls = new LinkedBlockingQueue<>();
    final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    Outbox.FollowUp record(String call) {
        calls.add(call);
        return Outbox.FollowUp.NONE;
    }

    static Outbox.FollowUp effect(String name) {
        return connection -> insert(connection, name);
    }

    static void givenUp(Connection connection, String kind, String key, byte[] body, Exception why)
            throws SQLException {
        insert(connection, kind + " " + key + " given up: " + why.getMessage());
    }

    static void insert(Connection connection, String name) throws SQLException {
        try (var insert = connection.prepareStatement("INSERT INTO effect (name) VALUES (?)")) {
            insert.setString(1, name);
            insert.executeUpdate();
        }
    }

    String next() throws InterruptedException {
        String call = calls.poll(20, TimeUnit.SECONDS);
        return call == null ? "nothing within 20 s" : call;
    }

    Database open(String name) {
        return track(Database.open(directory.resolve(name), Outbox.SCHEMA, EFFECTS));
    }

    /** What a killed process leaves on the disk. */
    Database copyOf(Database running, String name) throws IOException {
        running.<Boolean, RuntimeException>read(connection -> true);
        Files.copy(directory.resolve("role.db"), directory.resolve(name));
        Files.copy(directory.resolve("role.db-wal"), directory.resolve(name + "-wal"));
        return open(name);
    }

    Outbox outbox(Database database, Outbox.Handler handler) {
        return track(Outbox.of(
                database, clock, new SplittableRandom(opened.size()), Map.of("tell", handler), OutboxFixture::givenUp));
    }

    Outbox start(Database database, Outbox.Handler handler) {
        return outbox(database, handler).start();
    }

    <T extends AutoCloseable> T track(T closeable) {
        opened.add(closeable);
        return closeable;
    }

    static void add(Database database, Outbox outbox, String kind, String key, String body) {
        database.change(connection -> outbox.add(connection, kind, key, body.getBytes(UTF_8)));
    }

    static List<String> effects(Database database) {
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

    static long number(Database database, String sql) {
        return database.<Long, RuntimeException>read(connection -> {
            try (var query = connection.prepareStatement(sql);
                    var rows = query.executeQuery()) {
                return rows.next() ? rows.getLong(1) : -1;
            }
        });
    }

    static void awaitEmpty(Database database) {
        await(database, "SELECT COUNT(*) FROM outbox", 0);
    }

    /** When the only row with this many attempts is due again. */
    static long awaitPostponed(Database database, int attempts) {
        await(database, "SELECT COUNT(*) FROM outbox WHERE owner = 0 AND attempts = " + attempts, 1);
        return number(database, "SELECT due FROM outbox WHERE attempts = " + attempts);
    }

    /** What has failed is due again. */
    void passARetry(Outbox outbox) {
        clock.advance(Outbox.RETRY_MAX);
        outbox.wake();
    }

    static void await(Database database, String sql, long wanted) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (number(database, sql) != wanted) {
            assertThat(System.nanoTime()).as(sql + " becomes " + wanted).isLessThan(end);
            Thread.onSpinWait();
        }
    }
}
