// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ro.drf;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.m2me.operators.store.Sql;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceState;
import org.m2me.protocol.message.Register;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;

/** The registrations there were. A nonce is kept for good: it serves once. */
final class Registrations {
    static final List<String> SCHEMA = List.of(
            """
            CREATE TABLE registration (
              nonce TEXT PRIMARY KEY,
              device TEXT NOT NULL,
              number BIGINT NOT NULL,
              pcid TEXT,
              operator TEXT NOT NULL,
              certificate BYTEA NOT NULL,
              at BIGINT NOT NULL,
              state TEXT NOT NULL,
              code BIGINT)""",
            "CREATE UNIQUE INDEX registration_open ON registration (device) WHERE state = 'OPEN'",
            "CREATE UNIQUE INDEX registration_number ON registration (device, number)",
            "ALTER TABLE registration ADD COLUMN procedure TEXT NOT NULL DEFAULT 'INITIAL'",
            "ALTER TABLE registration ADD COLUMN said_generation BIGINT",
            "ALTER TABLE registration ADD COLUMN said_firmware BYTEA");

    /** What became of a registration. */
    enum State {
        /** The device's only one; stays so when it succeeds, for the DRF does not learn of that. */
        OPEN,
        /** Ended without a MCIM: the device finds the code in its mailbox until it registers anew. */
        REFUSED,
        /** The device registered anew, with another nonce. */
        REPLACED
    }

    /**
     * One registration.
     *
     * @param certificate DER, of the operator
     * @param asked as the device first asked for it
     * @param code of a refusal, else OK
     */
    record Registration(Ueid device, Register asked, Plmn operator, Opaque certificate, State state, ResultCode code) {
        Nonce nonce() {
            return asked.registration();
        }
    }

    private static final String COLUMNS = "SELECT nonce, device, pcid, operator, certificate, state, code, procedure,"
            + " said_generation, said_firmware";

    private Registrations() {}

    static Optional<Registration> find(Connection connection, Nonce nonce) throws SQLException {
        return Sql.first(connection, COLUMNS + " FROM registration WHERE nonce = ?", Registrations::read, nonce);
    }

    /** The newest refusal of a device that has not registered since. */
    static Optional<Registration> refusal(Connection connection, Ueid device) throws SQLException {
        return Sql.first(
                        connection,
                        COLUMNS + " FROM registration WHERE device = ? ORDER BY number DESC LIMIT 1",
                        Registrations::read,
                        device)
                .filter(newest -> newest.state() == State.REFUSED);
    }

    /** The devices that have a refusal to fetch. */
    static List<Ueid> refused(Connection connection) throws SQLException {
        return Sql.all(
                connection,
                "SELECT device FROM registration r WHERE state = ? AND NOT EXISTS"
                        + " (SELECT 1 FROM registration n WHERE n.device = r.device AND n.number > r.number)",
                row -> Ueid.hex(row.getString(1)),
                State.REFUSED);
    }

    static long countSince(Connection connection, Ueid device, Instant from) throws SQLException {
        return Sql.first(
                        connection,
                        "SELECT COUNT(*) FROM registration WHERE device = ? AND at > ?",
                        row -> row.getLong(1),
                        device,
                        from)
                .orElse(0L);
    }

    /** Opens a registration; the one that is open is replaced by it. */
    static void open(Connection connection, Registration registration, Instant at) throws SQLException {
        Sql.update(
                connection,
                "UPDATE registration SET state = ? WHERE device = ? AND state = ?",
                State.REPLACED,
                registration.device(),
                State.OPEN);
        Sql.update(
                connection,
                "INSERT INTO registration (number, nonce, device, pcid, operator, certificate, at, state, procedure,"
                        + " said_generation, said_firmware) SELECT COALESCE(MAX(number), 0) + 1,"
                        + " ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM registration WHERE device = ?",
                registration.nonce(),
                registration.device(),
                registration.asked().pcid(),
                registration.operator(),
                registration.certificate(),
                at,
                State.OPEN,
                registration.asked().procedure(),
                registration.asked().state().map(DeviceState::storeGeneration),
                registration.asked().state().map(DeviceState::firmware),
                registration.device());
    }

    /** The device has gone on: a refusal that waited for it is over. */
    static void over(Connection connection, Ueid device) throws SQLException {
        Sql.update(
                connection,
                "UPDATE registration SET state = ? WHERE device = ? AND state = ?",
                State.REPLACED,
                device,
                State.REFUSED);
    }

    /** Ends an open registration. */
    static void refuse(Connection connection, Nonce nonce, ResultCode code) throws SQLException {
        Sql.update(
                connection,
                "UPDATE registration SET state = ?, code = ? WHERE nonce = ?",
                State.REFUSED,
                code.number(),
                nonce);
    }

    private static Registration read(ResultSet row) throws SQLException {
        long generation = row.getLong(9);
        Optional<DeviceState> said =
                Optional.ofNullable(row.getBytes(10)).map(firmware -> new DeviceState(generation, Opaque.of(firmware)));
        Register asked = new Register(
                new Nonce(Opaque.hex(row.getString(1))),
                Optional.ofNullable(row.getString(3)).map(Pcid::of),
                Procedure.valueOf(row.getString(8)),
                said);
        return new Registration(
                Ueid.hex(row.getString(2)),
                asked,
                Plmn.parse(row.getString(4)),
                Opaque.of(row.getBytes(5)),
                State.valueOf(row.getString(6)),
                ResultCode.of(row.getLong(7)));
    }
}
