// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ro.icf;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.m2me.operators.store.Sql;
import org.m2me.protocol.identity.Imsi;

/** What the ICF knows of each PCID besides its key. */
final class PcidTable {
    static final List<String> SCHEMA = List.of(
            "CREATE TABLE pcid (imsi TEXT PRIMARY KEY, expires BIGINT NOT NULL,"
                    + " active_from BIGINT NOT NULL, active_until BIGINT NOT NULL, ended INTEGER NOT NULL)",
            "ALTER TABLE pcid ADD COLUMN follows TEXT",
            "CREATE INDEX pcid_follows ON pcid (follows)");

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
        return Sql.first(
                connection,
                "SELECT expires, active_from, active_until, ended FROM pcid WHERE imsi = ?",
                row -> new Row(row.getLong(1), row.getLong(2), row.getLong(3), row.getInt(4) != 0),
                imsi);
    }

    /** A new one, not active. What followed an earlier one of the same name goes its own way. */
    static void put(Connection connection, Imsi imsi, Instant expires) throws SQLException {
        Sql.update(
                connection,
                "INSERT INTO pcid (imsi, expires, active_from, active_until, ended) VALUES (?, ?, 0, 0, 0)"
                        + " ON CONFLICT (imsi) DO UPDATE SET expires = excluded.expires, active_from = 0,"
                        + " active_until = 0, ended = 0, follows = NULL",
                imsi,
                expires);
        leave(connection, imsi);
    }

    /** Is active where the other one is from now on, unless that one has ended or this one was activated before. */
    static void follow(Connection connection, Imsi imsi, Imsi other) throws SQLException {
        Sql.update(
                connection,
                "UPDATE pcid SET follows = other.imsi, active_from = other.active_from, active_until = other.active_until"
                        + " FROM pcid AS other WHERE pcid.imsi = ? AND pcid.active_until = 0 AND pcid.ended = 0"
                        + " AND other.imsi = ? AND other.ended = 0",
                imsi,
                other);
    }

    /** @return which have that window now: this one and what follows it */
    static List<Imsi> activate(Connection connection, Imsi imsi, Instant from, Instant until) throws SQLException {
        return Sql.all(
                connection,
                "UPDATE pcid SET active_from = ?, active_until = ? WHERE ended = 0 AND (imsi = ? OR follows = ?)"
                        + " RETURNING imsi",
                row -> new Imsi(row.getString(1)),
                from,
                until,
                imsi,
                imsi);
    }

    /** What followed it keeps the window that it has. */
    static void end(Connection connection, Imsi imsi) throws SQLException {
        Sql.update(connection, "UPDATE pcid SET ended = 1 WHERE imsi = ?", imsi);
        leave(connection, imsi);
    }

    private static void leave(Connection connection, Imsi imsi) throws SQLException {
        Sql.update(connection, "UPDATE pcid SET follows = NULL WHERE follows = ?", imsi);
    }
}
