// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.m2me.operators.Sho;
import org.m2me.operators.Sho.Progress;
import org.m2me.operators.store.Sql;
import org.m2me.protocol.evidence.AttestationResult;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceState;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;

/** The registrations of devices with this operator, and which subscription each holds. */
final class Registrations {
    static final List<String> SCHEMA = List.of(
            """
            CREATE TABLE registration (
              nonce TEXT PRIMARY KEY,
              device TEXT NOT NULL,
              pcid TEXT,
              at BIGINT NOT NULL,
              state TEXT NOT NULL,
              code BIGINT,
              challenge TEXT UNIQUE,
              credential BYTEA,
              serial BIGINT,
              imsi TEXT UNIQUE)""",
            "CREATE INDEX registration_device ON registration (device)",
            "CREATE UNIQUE INDEX registration_open ON registration (device) WHERE state IN ('VALIDATING', 'AUTHORIZED')",
            "ALTER TABLE registration ADD COLUMN procedure TEXT NOT NULL DEFAULT 'INITIAL'",
            "ALTER TABLE registration ADD COLUMN said_generation BIGINT",
            "ALTER TABLE registration ADD COLUMN said_firmware BYTEA",
            "ALTER TABLE registration ADD COLUMN result_issued BIGINT",
            "ALTER TABLE registration ADD COLUMN report_generation BIGINT NOT NULL DEFAULT -1",
            "ALTER TABLE registration ADD COLUMN acknowledgement BYTEA",
            "ALTER TABLE registration ADD COLUMN old_released BIGINT NOT NULL DEFAULT 0",
            // which of the device's it is: the clock may have been set back, or stand still
            "ALTER TABLE registration ADD COLUMN number BIGINT NOT NULL DEFAULT 0");

    /**
     * One registration.
     *
     * @param number which of the device's it is, from 1
     * @param code why it ended without a MCIM, else OK
     * @param credential thumbprint of the platform key, once validated
     * @param imsi the subscription that it holds
     * @param said how the device said it is, when it registered
     * @param reportGeneration store generation of the device's newest report, or -1
     * @param left whether the operator before has acknowledged that the device left it
     */
    record Registration(
            Nonce nonce,
            Ueid device,
            long number,
            Instant at,
            Progress state,
            ResultCode code,
            Optional<Opaque> credential,
            Optional<Imsi> imsi,
            Procedure procedure,
            Optional<DeviceState> said,
            long reportGeneration,
            boolean left) {
        /** Whether a MCIM may still come of it, or has come of it. */
        boolean isLive() {
            return state == Progress.VALIDATING || state == Progress.AUTHORIZED || state == Progress.PROVISIONED;
        }
    }

    private static final String SELECT =
            "SELECT nonce, device, number, at, state, code, credential, imsi, procedure, said_generation, said_firmware,"
                    + " report_generation, old_released FROM registration WHERE ";

    private Registrations() {}

    static Optional<Registration> find(Connection connection, Nonce nonce) throws SQLException {
        return Sql.first(connection, SELECT + "nonce = ?", Registrations::read, nonce);
    }

    /** Who holds a subscription. */
    static Optional<Registration> holding(Connection connection, Imsi imsi) throws SQLException {
        return Sql.first(connection, SELECT + "imsi = ?", Registrations::read, imsi);
    }

    /** Opens one; what was open for the device is replaced, and keeps its subscription until another is bound. */
    static void open(Connection connection, Sho.Registration registration, Instant at) throws SQLException {
        Sql.update(
                connection,
                "UPDATE registration SET state = ? WHERE device = ? AND state IN (?, ?)",
                Progress.REPLACED,
                registration.device(),
                Progress.VALIDATING,
                Progress.AUTHORIZED);
        Sql.update(
                connection,
                "INSERT INTO registration (number, nonce, device, pcid, at, state, procedure, said_generation,"
                        + " said_firmware) VALUES ((SELECT COALESCE(MAX(number), 0) + 1 FROM registration"
                        + " WHERE device = ?), ?, ?, ?, ?, ?, ?, ?, ?)",
                registration.device(),
                registration.nonce(),
                registration.device(),
                registration.pcid(),
                at,
                Progress.VALIDATING,
                registration.procedure(),
                registration.state().map(DeviceState::storeGeneration),
                registration.state().map(DeviceState::firmware));
    }

    /** Whether a result over this challenge was used before. */
    static boolean hasServed(Connection connection, Nonce challenge) throws SQLException {
        return Sql.first(connection, SELECT + "challenge = ?", Registrations::read, challenge)
                .isPresent();
    }

    /** When the newest of the results that were relied on for a device was issued. */
    static Optional<Instant> newestResult(Connection connection, Ueid device) throws SQLException {
        return Sql.first(
                connection,
                "SELECT result_issued FROM registration WHERE device = ? AND result_issued IS NOT NULL"
                        + " ORDER BY result_issued DESC LIMIT 1",
                row -> Instant.ofEpochMilli(row.getLong(1)),
                device);
    }

    /**
     * Authorises one.
     *
     * @param challenge that the result answers, when it was made for this registration: it serves once
     * @return the operator's next serial number for this device
     */
    static long authorize(Connection connection, Registration one, Optional<Nonce> challenge, AttestationResult result)
            throws SQLException {
        return Sql.first(
                        connection,
                        "UPDATE registration SET state = ?, challenge = ?, credential = ?, result_issued = ?, serial ="
                                + " (SELECT COALESCE(MAX(serial), 0) + 1 FROM registration WHERE device = ?)"
                                + " WHERE nonce = ? RETURNING serial",
                        row -> row.getLong(1),
                        Progress.AUTHORIZED,
                        challenge,
                        result.credential(),
                        result.issued(),
                        one.device(),
                        one.nonce())
                .orElseThrow();
    }

    /** Gives a subscription to a registration: to one only. */
    static void bind(Connection connection, Nonce nonce, Imsi imsi) throws SQLException {
        Sql.update(connection, "UPDATE registration SET imsi = ? WHERE nonce = ?", imsi, nonce);
    }

    static void move(Connection connection, Nonce nonce, Progress to, ResultCode code) throws SQLException {
        Sql.update(connection, "UPDATE registration SET state = ?, code = ? WHERE nonce = ?", to, code.number(), nonce);
    }

    /** The device has reported, with this store generation. */
    static void reported(Connection connection, Nonce nonce, long generation) throws SQLException {
        Sql.update(connection, "UPDATE registration SET report_generation = ? WHERE nonce = ?", generation, nonce);
    }

    /** What the device was told when it left. */
    static Optional<Opaque> acknowledgement(Connection connection, Nonce nonce) throws SQLException {
        return Sql.first(
                connection,
                "SELECT acknowledgement FROM registration WHERE nonce = ? AND acknowledgement IS NOT NULL",
                row -> Opaque.of(row.getBytes(1)),
                nonce);
    }

    static void acknowledge(Connection connection, Nonce nonce, Opaque acknowledgement) throws SQLException {
        Sql.update(connection, "UPDATE registration SET acknowledgement = ? WHERE nonce = ?", acknowledgement, nonce);
    }

    /** The operator before has acknowledged that the device left it. */
    static void leftAnother(Connection connection, Nonce nonce) throws SQLException {
        Sql.update(connection, "UPDATE registration SET old_released = 1 WHERE nonce = ?", nonce);
    }

    /** Those of a device that are under way, or hold a subscription. */
    static List<Registration> open(Connection connection, Ueid device) throws SQLException {
        return Sql.all(
                connection,
                SELECT + "device = ? AND (imsi IS NOT NULL OR state IN (?, ?, ?))",
                Registrations::read,
                device,
                Progress.VALIDATING,
                Progress.AUTHORIZED,
                Progress.PROVISIONED);
    }

    /** The device's other registrations that hold a subscription. */
    static List<Registration> othersHolding(Connection connection, Registration one) throws SQLException {
        return Sql.all(
                connection,
                SELECT + "device = ? AND nonce <> ? AND imsi IS NOT NULL",
                Registrations::read,
                one.device(),
                one.nonce());
    }

    /** The registration holds no subscription any more. */
    static void unbind(Connection connection, Nonce nonce) throws SQLException {
        Sql.update(connection, "UPDATE registration SET imsi = NULL WHERE nonce = ?", nonce);
    }

    /** The newest first. */
    static List<Registration> ofDevice(Connection connection, Ueid device, int max) throws SQLException {
        return Sql.all(
                connection,
                SELECT + "device = ? ORDER BY number DESC, at DESC LIMIT ?",
                Registrations::read,
                device,
                max);
    }

    private static Registration read(ResultSet row) throws SQLException {
        return new Registration(
                new Nonce(Opaque.hex(row.getString(1))),
                Ueid.hex(row.getString(2)),
                row.getLong(3),
                Instant.ofEpochMilli(row.getLong(4)),
                Progress.valueOf(row.getString(5)),
                ResultCode.of(row.getLong(6)),
                Optional.ofNullable(row.getBytes(7)).map(Opaque::of),
                Optional.ofNullable(row.getString(8)).map(Imsi::new),
                Procedure.valueOf(row.getString(9)),
                said(row.getLong(10), Optional.ofNullable(row.getBytes(11))),
                row.getLong(12),
                row.getLong(13) == 1);
    }

    private static Optional<DeviceState> said(long generation, Optional<byte[]> firmware) {
        return firmware.map(bytes -> new DeviceState(generation, Opaque.of(bytes)));
    }
}
