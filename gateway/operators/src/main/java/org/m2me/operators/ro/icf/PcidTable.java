// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ro.icf;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.m2me.protocol.identity.Imsi;

/** What the ICF knows of each PCID besides its key. */
final class PcidTable {
    static final String SCHEMA = "CREATE TABLE pcid (imsi TEXT PRIMARY KEY, expires BIGINT NOT NULL,"
            + " active_from BIGINT NOT NULL, active_until BIGINT NOT NULL, ended INTEGER NOT NULL)";

    private PcidTable() {}

    /**
     * A PCID; times are epoch milliseconds.
     *
     * @param from beginning of its activation
     * @param until end of it, 0 when it was never activated
     * @param ended returned to the pool
     */
    record Row(long expires, long from, long until, boolean ended) {
        boolean isActive(long now) {
            return !ended && now >= from && now < Math.min(until, expires);
        }
    }

    static Optional<Row> find(Connection connection, Imsi imsi) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT expires, active_from, active_until, ended FROM pcid WHERE imsi = ?")) {
            select.setString(1, imsi.digits());
            try (ResultSet row = select.executeQuery()) {
                return row.next()
                        ? Optional.of(new Row(row.getLong(1), row.getLong(2), row.getLong(3), row.getInt(4) != 0))
                        : Optional.empty();
            }
        }
    }

    static void put(Connection connection, Imsi imsi, Instant expires) throws SQLException {
        try (PreparedStatement upsert = connection.prepareStatement("INSERT INTO pcid VALUES (?, ?, 0, 0, 0)"
                + " ON CONFLICT (imsi) DO UPDATE SET expires = excluded.expires, active_from = 0, active_until = 0,"
                + " ended = 0")) {
            upsert.setString(1, imsi.digits());
            upsert.setLong(2, expires.toEpochMilli());
            upsert.executeUpdate();
        }
    }

    static void activate(Connection connection, Imsi imsi, Instant from, Instant until) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE pcid SET active_from = ?, active_until = ? WHERE imsi = ?")) {
            update.setLong(1, from.toEpochMilli());
            update.setLong(2, until.toEpochMilli());
            update.setString(3, imsi.digits());
            update.executeUpdate();
        }
    }

    static void end(Connection connection, Imsi imsi) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("UPDATE pcid SET ended = 1 WHERE imsi = ?")) {
            update.setString(1, imsi.digits());
            update.executeUpdate();
        }
    }
}
