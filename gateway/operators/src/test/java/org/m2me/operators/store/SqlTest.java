// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;

final class SqlTest {
    private static final String INSERT = "INSERT INTO thing (name, at, content, note) VALUES (?, ?, ?, ?)";

    @TempDir
    Path directory;

    private Database database;

    @BeforeEach
    void open() {
        database = Database.open(
                directory.resolve("test.db"),
                "CREATE TABLE thing (name TEXT PRIMARY KEY, at BIGINT, content BYTEA, note TEXT)");
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void bindsEachTypeAsItIsRead() {
        Instant at = Instant.parse("2026-11-22T10:00:00.123Z");
        int inserted = database.transact(connection ->
                Sql.update(connection, INSERT, Plmn.parse("262-01"), at, Opaque.hex("0102"), Optional.empty()));
        assertThat(inserted).isEqualTo(1);
        String read = database.transact(connection -> Sql.first(
                        connection,
                        "SELECT name, at, content, note FROM thing WHERE name = ?",
                        row -> row.getString(1) + " " + Instant.ofEpochMilli(row.getLong(2)) + " "
                                + Opaque.of(row.getBytes(3)) + " " + row.getString(4),
                        "262-01")
                .orElseThrow());
        assertThat(read).isEqualTo("262-01 2026-11-22T10:00:00.123Z 0102 null");
    }

    @Test
    void givesNothingOrEveryRow() {
        database.change(connection -> {
            Sql.update(connection, INSERT, "b", 2, new byte[0], Optional.of("x"));
            Sql.update(connection, INSERT, "a", 1, new byte[0], Optional.of("y"));
        });
        String all = "SELECT name FROM thing WHERE at > ? ORDER BY name";
        List<String> found = database.read(connection -> Sql.all(connection, all, row -> row.getString(1), 0));
        assertThat(found).containsExactly("a", "b");
        Optional<String> first = database.read(connection -> Sql.first(connection, all, row -> row.getString(1), 5));
        assertThat(first).isEmpty();
    }

    @Test
    void bindsNoSecrets() {
        SecretBytes secret = SecretBytes.copyOf(new byte[16]);
        assertThatThrownBy(() ->
                        database.change(connection -> Sql.update(connection, INSERT, "a", 1, secret, Optional.empty())))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
