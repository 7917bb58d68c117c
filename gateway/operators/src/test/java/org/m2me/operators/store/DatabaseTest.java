// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

final class DatabaseTest {
    private static final String TABLE = "CREATE TABLE thing (name TEXT PRIMARY KEY, body BYTEA)";

    @TempDir
    Path directory;

    @Test
    void keepsWhatWasCommittedWhenTheProcessIsKilled() throws Exception {
        try (Database database = open()) {
            database.change(connection -> put(connection, "a", 1));
            Path copy = directory.resolve("copy"); // what a killed process leaves on the disk
            Files.copy(file(), copy);
            Files.copy(directory.resolve("role.db-wal"), directory.resolve("copy-wal"));
            try (Database afterwards = Database.open(copy, TABLE)) {
                assertThat(names(afterwards)).containsExactly("a");
            }
        }
    }

    @Test
    void keepsNothingOfATransactionThatThrows() {
        try (Database database = open()) {
            assertThatThrownBy(() -> database.change(connection -> {
                        put(connection, "a", 1);
                        throw new Refused(ResultCode.QUOTA, "no more");
                    }))
                    .isInstanceOf(Refused.class);
            assertThat(names(database)).isEmpty();
            database.change(connection -> put(connection, "b", 1));
            assertThat(names(database)).containsExactly("b");
        }
    }

    @Test
    void saysThatTheDiskIsFullAndKeepsNothingHalfDone() {
        try (Database database = open()) {
            database.change(connection -> put(connection, "before", 1));
            limitPages(database, 12);
            assertThatThrownBy(() -> database.change(connection -> {
                        put(connection, "small", 1);
                        put(connection, "large", 1_000_000);
                    }))
                    .isInstanceOf(StorageFailed.class)
                    .hasMessageContaining("role.db")
                    .hasMessageContaining("the disk is full");
            assertThat(names(database)).containsExactly("before");
            limitPages(database, 1_000_000);
            database.change(connection -> put(connection, "after", 1_000_000));
            assertThat(names(database)).containsExactly("after", "before");
        }
    }

    @Test
    void showsAReaderOneStateWhileAWriterCommits() {
        try (Database database = open()) {
            database.change(connection -> put(connection, "a", 1));
            List<List<String>> seen = new ArrayList<>();
            database.<Boolean, RuntimeException>read(connection -> {
                seen.add(names(connection));
                CompletableFuture.runAsync(() -> database.change(other -> put(other, "b", 1)))
                        .join();
                return seen.add(names(connection));
            });
            assertThat(seen).containsExactly(List.of("a"), List.of("a"));
            assertThat(names(database)).containsExactly("a", "b");
        }
    }

    @Test
    void refusesToWriteThroughAReader() {
        try (Database database = open()) {
            assertThatThrownBy(() -> database.<Boolean, RuntimeException>read(connection -> {
                        put(connection, "a", 1);
                        return true;
                    }))
                    .isInstanceOf(StorageFailed.class);
        }
    }

    @Test
    void refusesATransactionWithinATransaction() {
        try (Database database = open()) {
            assertThatThrownBy(() -> database.change(outer -> database.change(inner -> put(inner, "a", 1))))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void letsWritersTakeTurns() {
        try (Database database = open()) {
            CountDownLatch all = new CountDownLatch(8);
            List<CompletableFuture<Void>> writers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                String name = "w" + i;
                writers.add(CompletableFuture.runAsync(() -> {
                    all.countDown();
                    database.change(connection -> put(connection, name, 100));
                }));
            }
            writers.forEach(CompletableFuture::join);
            assertThat(names(database)).hasSize(8);
        }
    }

    @Test
    void appliesEachSchemaStatementOnce() {
        open().close();
        try (Database database = Database.open(
                file(), TABLE, "ALTER TABLE thing ADD COLUMN colour TEXT", "CREATE INDEX thing_ix ON thing(colour)")) {
            database.change(connection -> put(connection, "a", 1));
        }
        try (Database database = open()) {
            assertThat(names(database)).containsExactly("a");
        }
    }

    @Test
    void appliesAllOfASchemaOrNothing() {
        assertThatThrownBy(() -> Database.open(file(), TABLE, "CREATE TABLE wrong ("))
                .isInstanceOf(StorageFailed.class);
        open().close();
    }

    @Test
    void isForItsOwnerOnly() throws Exception {
        try (Database database = open()) {
            database.change(connection -> put(connection, "a", 1));
            for (String name : List.of("role.db", "role.db-wal", "role.db-shm")) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(name))))
                        .as(name)
                        .isEqualTo("rw-------");
            }
        }
    }

    @Test
    void saysThatItIsNoDatabase() throws Exception {
        Files.writeString(file(), "this is a text that somebody put in place of the database, long enough to be read");
        assertThatThrownBy(this::open).isInstanceOf(StorageFailed.class).hasMessageContaining("the file is damaged");
    }

    @Test
    void letsAnotherProcessWriteWhileItDoesNot() throws Exception {
        try (Database database = open();
                Connection other = DriverManager.getConnection("jdbc:sqlite:" + file())) {
            database.change(connection -> put(connection, "mine", 1));
            put(other, "theirs", 1);
            assertThat(names(database)).containsExactly("mine", "theirs");
        }
    }

    @Test
    void saysThatAnotherProcessHasLockedIt() throws Exception {
        try (Database database = open();
                Connection other = DriverManager.getConnection("jdbc:sqlite:" + file())) {
            other.setAutoCommit(false);
            put(other, "theirs", 1);
            assertThatThrownBy(() -> database.change(connection -> put(connection, "mine", 1)))
                    .isInstanceOf(StorageFailed.class)
                    .hasMessageContaining("another process has locked it");
            other.commit();
            database.change(connection -> put(connection, "mine", 1));
            assertThat(names(database)).containsExactly("mine", "theirs");
        }
    }

    @Test
    void runsWhatFollowsOnlyAfterACommit() {
        try (Database database = open()) {
            List<String> followed = new ArrayList<>();
            assertThatThrownBy(() -> database.change(connection -> {
                        database.afterCommit(() -> followed.add("rolled back"));
                        throw new IllegalArgumentException("no");
                    }))
                    .isInstanceOf(IllegalArgumentException.class);
            database.change(connection -> {
                put(connection, "a", 1);
                database.afterCommit(() -> followed.addAll(names(database)));
            });
            assertThat(followed).containsExactly("a");
        }
    }

    @Test
    void refusesWorkWhenClosed() {
        Database database = open();
        database.close();
        database.close();
        assertThatThrownBy(() -> database.change(connection -> put(connection, "a", 1)))
                .isInstanceOf(StorageFailed.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> names(database)).isInstanceOf(StorageFailed.class);
    }

    private Path file() {
        return directory.resolve("role.db");
    }

    private Database open() {
        return Database.open(file(), TABLE);
    }

    private static void limitPages(Database database, int pages) {
        database.change(connection -> {
            try (var statement = connection.createStatement()) {
                statement.execute("PRAGMA max_page_count = " + pages);
            }
        });
    }

    private static void put(Connection connection, String name, int size) throws SQLException {
        try (var insert = connection.prepareStatement("INSERT INTO thing (name, body) VALUES (?, ?)")) {
            insert.setString(1, name);
            insert.setBytes(2, new byte[size]);
            insert.executeUpdate();
        }
    }

    private static List<String> names(Database database) {
        return database.<List<String>, RuntimeException>read(DatabaseTest::names);
    }

    private static List<String> names(Connection connection) throws SQLException {
        try (var query = connection.prepareStatement("SELECT name FROM thing ORDER BY name");
                var rows = query.executeQuery()) {
            List<String> names = new ArrayList<>();
            while (rows.next()) {
                names.add(rows.getString(1));
            }
            return names;
        }
    }
}
