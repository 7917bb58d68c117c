// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.auc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.m2me.protocol.aka.SqnArray;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.identity.Imsi;

/** What an authentication centre has in the database: subscriptions, places of serving nodes, sessions. */
final class AucTables {
    static final List<String> SCHEMA = List.of(
            "CREATE TABLE auc_subscription (imsi TEXT PRIMARY KEY, sealed BLOB NOT NULL, ind_bits INTEGER NOT NULL,"
                    + " delta BIGINT NOT NULL, age_limit BIGINT NOT NULL, sqn BIGINT NOT NULL,"
                    + " used BIGINT NOT NULL, sessions BIGINT NOT NULL)",
            "CREATE TABLE auc_node (node TEXT PRIMARY KEY, place INTEGER NOT NULL UNIQUE)",
            "CREATE TABLE auc_session (imsi TEXT NOT NULL, session TEXT NOT NULL, bytes BIGINT NOT NULL,"
                    + " reported BIGINT NOT NULL, PRIMARY KEY (imsi, session))");

    private final Clock clock;

    AucTables(Clock clock) {
        this.clock = clock;
    }

    /**
     * A subscription.
     *
     * @param sqn the last that was given out
     */
    @SuppressWarnings("ArrayRecordComponent") // opened at once, compared by nobody
    record Row(byte[] sealed, SqnParameters parameters, long sqn, Auc.Used used) {}

    Optional<Row> find(Connection connection, Imsi imsi) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT sealed, ind_bits, delta, age_limit, sqn,"
                + " used, sessions FROM auc_subscription WHERE imsi = ?")) {
            select.setString(1, imsi.digits());
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                SqnParameters parameters = new SqnParameters(row.getInt(2), row.getLong(3), row.getLong(4));
                return Optional.of(new Row(
                        row.getBytes(1), parameters, row.getLong(5), new Auc.Used(row.getLong(6), row.getLong(7))));
            }
        }
    }

    static Map<Imsi, Long> charged(Connection connection) throws SQLException {
        Map<Imsi, Long> charged = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement("SELECT imsi, used FROM auc_subscription");
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                charged.put(new Imsi(row.getString(1)), row.getLong(2));
            }
        }
        return charged;
    }

    void put(Connection connection, Imsi imsi, byte[] sealed, SqnArray sqn) throws SQLException {
        SqnParameters parameters = sqn.parameters();
        remove(connection, imsi);
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO auc_subscription (imsi, sealed, ind_bits, delta, age_limit, sqn, used, sessions)"
                        + " VALUES (?, ?, ?, ?, ?, ?, 0, 0)")) {
            insert.setString(1, imsi.digits());
            insert.setBytes(2, sealed);
            insert.setInt(3, parameters.indBits());
            insert.setLong(4, parameters.delta());
            insert.setLong(5, parameters.ageLimit());
            insert.setLong(6, sqn.highest());
            insert.executeUpdate();
        }
    }

    void remove(Connection connection, Imsi imsi) throws SQLException {
        for (String table : List.of("auc_subscription", "auc_session")) {
            try (PreparedStatement delete = connection.prepareStatement("DELETE FROM " + table + " WHERE imsi = ?")) {
                delete.setString(1, imsi.digits());
                delete.executeUpdate();
            }
        }
    }

    void moveTo(Connection connection, Imsi imsi, long sqn) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE auc_subscription SET sqn = ? WHERE imsi = ?")) {
            update.setLong(1, sqn);
            update.setString(2, imsi.digits());
            update.executeUpdate();
        }
    }

    /** The place of a serving node: counted from 0 in the order in which nodes first asked, the same for ever after. */
    int place(Connection connection, String node) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO auc_node (node, place)"
                + " SELECT ?, COALESCE(MAX(place) + 1, 0) FROM auc_node WHERE true ON CONFLICT (node) DO NOTHING")) {
            insert.setString(1, node);
            insert.executeUpdate();
        }
        try (PreparedStatement select = connection.prepareStatement("SELECT place FROM auc_node WHERE node = ?")) {
            select.setString(1, node);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    void count(Connection connection, Imsi imsi, String session, long bytes) throws SQLException {
        long before = -1;
        try (PreparedStatement select =
                connection.prepareStatement("SELECT bytes FROM auc_session WHERE imsi = ? AND session = ?")) {
            select.setString(1, imsi.digits());
            select.setString(2, session);
            try (ResultSet row = select.executeQuery()) {
                before = row.next() ? row.getLong(1) : -1;
            }
        }
        long more = Math.max(0, bytes - Math.max(0, before));
        try (PreparedStatement upsert = connection.prepareStatement("INSERT INTO auc_session VALUES (?, ?, ?, ?)"
                + " ON CONFLICT (imsi, session) DO UPDATE SET bytes = excluded.bytes, reported = excluded.reported")) {
            upsert.setString(1, imsi.digits());
            upsert.setString(2, session);
            upsert.setLong(3, Math.max(before, bytes));
            upsert.setLong(4, clock.millis());
            upsert.executeUpdate();
        }
        add(connection, imsi, more, before < 0 ? 1 : 0);
        forgetOldSessions(connection, imsi);
    }

    private static void add(Connection connection, Imsi imsi, long bytes, int sessions) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE auc_subscription SET used = used + ?, sessions = sessions + ? WHERE imsi = ?")) {
            update.setLong(1, bytes);
            update.setInt(2, sessions);
            update.setString(3, imsi.digits());
            update.executeUpdate();
        }
    }

    private void forgetOldSessions(Connection connection, Imsi imsi) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM auc_session WHERE imsi = ? AND reported < ?")) {
            delete.setString(1, imsi.digits());
            delete.setLong(2, clock.millis() - Auc.SESSION_KEPT.toMillis());
            delete.executeUpdate();
        }
    }
}
