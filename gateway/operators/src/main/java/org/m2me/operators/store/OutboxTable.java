// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The rows of an outbox. A row that is being worked on carries its worker's number, and nobody else's until that worker lets go
 * of it or is gone; only the oldest row of a key can be claimed.
 */
final class OutboxTable {
    static final String SCHEMA = """
            CREATE TABLE outbox (
              seq BIGINT PRIMARY KEY,
              work_key TEXT NOT NULL,
              kind TEXT NOT NULL,
              body BYTEA NOT NULL,
              added BIGINT NOT NULL,
              attempts INTEGER NOT NULL,
              due BIGINT NOT NULL,
              owner BIGINT NOT NULL,
              UNIQUE (work_key, kind))""";

    /** In no row that is being worked on. */
    private static final long NOBODY = 0;

    private static final String CAN_BE_CLAIMED = " owner = " + NOBODY
            + " AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.work_key = o.work_key AND (e.seq < o.seq OR e.owner <> "
            + NOBODY + "))";

    private final long owner;

    /** @param owner drawn at random: tells this worker from those of earlier runs */
    OutboxTable(long owner) {
        this.owner = owner == NOBODY ? 1 : owner;
    }

    /** One piece of work. */
    static final class Row {
        private final long seq;
        private final String kind;
        private final String key;
        private final byte[] body;
        private final long added;
        private final int attempts;

        private Row(ResultSet row) throws SQLException {
            seq = row.getLong("seq");
            kind = row.getString("kind");
            key = row.getString("work_key");
            body = row.getBytes("body");
            added = row.getLong("added");
            attempts = row.getInt("attempts");
        }

        String kind() {
            return kind;
        }

        String key() {
            return key;
        }

        /** The array itself, so that it can be wiped. */
        byte[] body() {
            return body;
        }

        long added() {
            return added;
        }

        int attempts() {
            return attempts;
        }
    }

    /** What is there already stays as it is; what is being done at this moment is done once more, for it may be too late. */
    void add(Connection connection, String kind, String key, byte[] body, Times times) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO outbox (seq, work_key, kind, body, added, attempts, due, owner)"
                        + " SELECT COALESCE(MAX(seq), 0) + 1, ?, ?, ?, ?, 0, ?, ? FROM outbox WHERE true"
                        + " ON CONFLICT (work_key, kind) DO UPDATE SET seq = excluded.seq, body = excluded.body,"
                        + " added = excluded.added, attempts = 0, due = excluded.due WHERE outbox.owner <> excluded.owner")) {
            insert.setString(1, key);
            insert.setString(2, kind);
            insert.setBytes(3, body);
            insert.setLong(4, times.added());
            insert.setLong(5, times.due());
            insert.setLong(6, NOBODY);
            insert.executeUpdate();
        }
    }

    /** In milliseconds: when work was added, and when it is to be done. */
    record Times(long added, long due) {}

    static long count(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT COUNT(*) FROM outbox");
                ResultSet row = select.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Work that has become needless, unless it is being done. */
    void drop(Connection connection, String kind, String key) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM outbox WHERE work_key = ? AND kind = ? AND owner = ?")) {
            delete.setString(1, key);
            delete.setString(2, kind);
            delete.setLong(3, NOBODY);
            delete.executeUpdate();
        }
    }

    /** The clock was set back: what was to be done in so many milliseconds still is. */
    void shift(Connection connection, long back) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("UPDATE outbox SET due = due - ?")) {
            update.setLong(1, back);
            update.executeUpdate();
        }
    }

    /** When the next row can be claimed; empty when none waits but behind others. */
    OptionalLong nextDue(Connection connection) throws SQLException {
        try (PreparedStatement query =
                        connection.prepareStatement("SELECT MIN(due) FROM outbox o WHERE" + CAN_BE_CLAIMED);
                ResultSet row = query.executeQuery()) {
            long due = row.next() ? row.getLong(1) : 0;
            return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(due);
        }
    }

    /** Takes at most this many rows that are due, of one kind or of any. */
    List<Row> claim(Connection connection, Optional<String> kind, int limit, long now) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE outbox SET owner = ? WHERE seq IN (SELECT seq FROM outbox o WHERE due <= ? AND"
                        + (kind.isPresent() ? " kind = ? AND" : "")
                        + CAN_BE_CLAIMED
                        + " ORDER BY due, seq LIMIT ?) RETURNING seq, kind, work_key, body, added, attempts")) {
            int parameter = 0;
            update.setLong(++parameter, owner);
            update.setLong(++parameter, now);
            if (kind.isPresent()) {
                update.setString(++parameter, kind.get());
            }
            update.setInt(++parameter, limit);
            List<Row> claimed = new ArrayList<>();
            try (ResultSet rows = update.executeQuery()) {
                while (rows.next()) {
                    claimed.add(new Row(rows));
                }
            }
            return claimed;
        }
    }

    /** This worker has done it. What was added again meanwhile stays, and is nobody's. @return whether it was this worker's */
    boolean remove(Connection connection, Row row) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM outbox WHERE seq = ? AND owner = ?")) {
            delete.setLong(1, row.seq);
            delete.setLong(2, owner);
            return delete.executeUpdate() == 1 || letGo(connection, row);
        }
    }

    /** Of what was added again while it was done. */
    private boolean letGo(Connection connection, Row row) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE outbox SET owner = ? WHERE work_key = ? AND kind = ? AND owner = ?")) {
            update.setLong(1, NOBODY);
            update.setString(2, row.key);
            update.setString(3, row.kind);
            update.setLong(4, owner);
            return update.executeUpdate() == 1;
        }
    }

    /** Lets go of a row, which is to be done again. */
    void postpone(Connection connection, Row row, long due) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE outbox SET attempts = attempts + 1, due = ?, owner = ? WHERE seq = ? AND owner = ?")) {
            update.setLong(1, due);
            update.setLong(2, NOBODY);
            update.setLong(3, row.seq);
            update.setLong(4, owner);
            boolean unused = update.executeUpdate() == 1 || letGo(connection, row);
        }
    }

    /**
     * What earlier runs were working on is nobody's again, and what they put off is due now: by their clock it may be long.
     *
     * @param latest nothing was put off for longer than until then
     */
    void releaseAll(Connection connection, long now, long latest) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE outbox SET due = CASE WHEN owner <> ? OR attempts > 0 THEN ? ELSE ? END, owner = ?"
                        + " WHERE owner <> ? OR attempts > 0 OR due > ?")) {
            update.setLong(1, NOBODY);
            update.setLong(2, now);
            update.setLong(3, latest);
            update.setLong(4, NOBODY);
            update.setLong(5, NOBODY);
            update.setLong(6, latest);
            update.executeUpdate();
        }
    }
}
