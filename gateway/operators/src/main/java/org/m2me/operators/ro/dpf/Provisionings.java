// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ro.dpf;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.m2me.operators.Authorization;
import org.m2me.operators.store.Sql;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.ProvisioningReport;
import org.m2me.protocol.message.ResultCode;

/** What operators let the DPF provision, by registration; a token's id is kept for good: it serves once. */
final class Provisionings {
    static final List<String> SCHEMA = List.of(
            """
            CREATE TABLE provisioning (
              registration TEXT PRIMARY KEY,
              token TEXT NOT NULL UNIQUE,
              device TEXT NOT NULL,
              operator TEXT NOT NULL,
              state TEXT NOT NULL,
              envelope BYTEA,
              imsi TEXT,
              sealed_key BYTEA,
              code BIGINT,
              report BYTEA)""",
            "CREATE INDEX provisioning_device ON provisioning (device, state)",
            "ALTER TABLE provisioning ADD COLUMN expires BIGINT NOT NULL DEFAULT " + Long.MAX_VALUE,
            "ALTER TABLE provisioning ADD COLUMN report_generation BIGINT NOT NULL DEFAULT -1",
            "ALTER TABLE provisioning ADD COLUMN relayed BIGINT NOT NULL DEFAULT 0");

    /** How far a provisioning has come. */
    enum State {
        /** The DPF made the MCIM; nobody may have it before the operator knows it. */
        GENERATED,
        /** In the device's mailbox. */
        READY,
        /** In the mailbox still, and seen by the device. */
        FETCHED,
        /** The device has reported. */
        REPORTED,
        /** Another one came for the same device. */
        REPLACED,
        /** The operator did not take what was made for it. */
        FAILED
    }

    /**
     * One provisioning.
     *
     * @param envelope of the MCIM, until the device has reported
     * @param code as reported, else OK
     * @param report as it came
     * @param reportGeneration store generation of the device when it reported, or -1
     * @param relayed whether the acknowledgement of the device's old operator has come
     */
    record Provisioning(
            Nonce registration,
            Nonce token,
            Ueid device,
            Plmn operator,
            State state,
            Optional<Opaque> envelope,
            ResultCode code,
            Optional<Opaque> report,
            long reportGeneration,
            boolean relayed) {}

    private static final String SELECT = "SELECT registration, token, device, operator, state, envelope, code, report,"
            + " report_generation, relayed FROM provisioning WHERE ";

    private Provisionings() {}

    static Optional<Provisioning> find(Connection connection, Nonce registration) throws SQLException {
        return Sql.first(connection, SELECT + "registration = ?", Provisionings::read, registration);
    }

    static boolean hasServed(Connection connection, Nonce token) throws SQLException {
        return Sql.first(connection, SELECT + "token = ?", Provisionings::read, token)
                .isPresent();
    }

    /**
     * What waits in a device's mailbox: one at most. What nobody has seen when its authorisation is over stays unseen: the
     * validation that it rests on is too old, and the operator ends the registration.
     */
    static Optional<Provisioning> waiting(Connection connection, Ueid device, Instant now) throws SQLException {
        return Sql.first(
                connection,
                SELECT + "device = ? AND (state = ? OR (state = ? AND expires > ?))",
                Provisionings::read,
                device,
                State.FETCHED,
                State.READY,
                now);
    }

    /** The devices that have something to fetch. */
    static List<Ueid> devicesWaiting(Connection connection) throws SQLException {
        return Sql.all(
                connection,
                "SELECT device FROM provisioning WHERE state IN (?, ?)",
                row -> Ueid.hex(row.getString(1)),
                State.READY,
                State.FETCHED);
    }

    /** Adds one; an earlier one of the device that was not reported is replaced by it. */
    static void add(Connection connection, Authorization by, State state, Opaque envelope) throws SQLException {
        Sql.update(
                connection,
                "UPDATE provisioning SET state = ?, envelope = NULL, sealed_key = NULL"
                        + " WHERE device = ? AND state IN (?, ?, ?)",
                State.REPLACED,
                by.device(),
                State.GENERATED,
                State.READY,
                State.FETCHED);
        Sql.update(
                connection,
                "INSERT INTO provisioning (registration, token, device, operator, state, envelope, expires)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?)",
                by.registration(),
                by.id(),
                by.device(),
                by.operator(),
                state,
                envelope,
                by.expires());
    }

    static void move(Connection connection, Nonce registration, State to) throws SQLException {
        Sql.update(connection, "UPDATE provisioning SET state = ? WHERE registration = ?", to, registration);
    }

    /** Ends it with the device's word, or replaces an earlier word; the MCIM is no longer kept. */
    static void reported(Connection connection, ProvisioningReport reported, Opaque report) throws SQLException {
        Sql.update(
                connection,
                "UPDATE provisioning SET state = ?, code = ?, report = ?, report_generation = ?, envelope = NULL"
                        + " WHERE registration = ?",
                State.REPORTED,
                reported.code().number(),
                report,
                reported.storeGeneration(),
                reported.registration());
    }

    /** The device's old operator has acknowledged that it left. */
    static void relayed(Connection connection, Nonce registration) throws SQLException {
        Sql.update(connection, "UPDATE provisioning SET relayed = 1 WHERE registration = ?", registration);
    }

    private static Provisioning read(ResultSet row) throws SQLException {
        return new Provisioning(
                new Nonce(Opaque.hex(row.getString(1))),
                new Nonce(Opaque.hex(row.getString(2))),
                Ueid.hex(row.getString(3)),
                Plmn.parse(row.getString(4)),
                State.valueOf(row.getString(5)),
                Optional.ofNullable(row.getBytes(6)).map(Opaque::of),
                ResultCode.of(row.getLong(7)),
                Optional.ofNullable(row.getBytes(8)).map(Opaque::of),
                row.getLong(9),
                row.getLong(10) == 1);
    }
}
