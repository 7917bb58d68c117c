// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.subscriber;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.m2me.operators.Subscriber.Received;
import org.m2me.operators.store.Sql;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Telemetry;

/** The newest telemetry of each device, by its own sequence numbers. */
final class TelemetryStore {
    /** What a page of a console shows; the subscriber's own systems take it from here, not this one. */
    static final int KEPT = 100;

    static final List<String> SCHEMA = List.of("""
            CREATE TABLE telemetry (
              device TEXT NOT NULL,
              sequence BIGINT NOT NULL,
              at BIGINT NOT NULL,
              message BYTEA NOT NULL,
              PRIMARY KEY (device, sequence))""");

    private TelemetryStore() {}

    /** Takes one, unless its sequence number is there or older than all that are kept. */
    static void take(Connection connection, Ueid device, Telemetry telemetry, Instant at) throws SQLException {
        Sql.update(
                connection,
                "INSERT INTO telemetry (device, sequence, at, message) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                device,
                telemetry.sequence(),
                at,
                telemetry.encode());
        Sql.update(
                connection,
                "DELETE FROM telemetry WHERE device = ? AND sequence <="
                        + " (SELECT sequence FROM telemetry WHERE device = ? ORDER BY sequence DESC LIMIT 1 OFFSET ?)",
                device,
                device,
                KEPT);
    }

    /** Newest first. */
    static List<Received> newest(Connection connection, Ueid device) throws SQLException {
        return Sql.all(
                connection,
                "SELECT message, at FROM telemetry WHERE device = ? ORDER BY sequence DESC",
                row -> read(device, row),
                device);
    }

    private static Received read(Ueid device, ResultSet row) throws SQLException {
        try {
            return new Received(device, Telemetry.decode(row.getBytes(1)), Instant.ofEpochMilli(row.getLong(2)));
        } catch (CborException damaged) {
            throw new IllegalStateException(
                    "telemetry of " + device + " does not decode: " + damaged.getMessage(), damaged);
        }
    }
}
