// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.store;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import org.m2me.protocol.crypto.Hashes;
import org.m2me.protocol.identity.Opaque;

/** The statements that made a database what it is; each is applied once and remembered by its digest. */
final class Schema {
    private static final String TABLE =
            "CREATE TABLE IF NOT EXISTS schema_statement (digest TEXT PRIMARY KEY, statement TEXT NOT NULL)";

    private Schema() {}

    /** Applies those that are new, in their order, within the caller's transaction. */
    static void apply(Connection connection, String... statements) throws SQLException {
        execute(connection, TABLE);
        for (String statement : statements) {
            if (remember(connection, statement)) {
                execute(connection, statement);
            }
        }
    }

    private static boolean remember(Connection connection, String statement) throws SQLException {
        String digest = Opaque.of(Hashes.sha256(statement.getBytes(StandardCharsets.UTF_8)))
                .hex();
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO schema_statement VALUES (?, ?) ON CONFLICT DO NOTHING")) {
            insert.setString(1, digest);
            insert.setString(2, statement);
            return insert.executeUpdate() == 1;
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }
}
