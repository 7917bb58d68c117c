// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.pva;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.m2me.operators.Pva;
import org.m2me.operators.store.Sql;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.ResultCode;

/** The validations asked for, each with its challenge until it is decided, and how far each device's counters have come. */
final class Validations {
    static final String SCHEMA = """
            create table validation(
              registration text primary key,
              device text not null,
              operator text not null,
              policy text not null,
              challenge text not null,
              challenged integer not null,
              code integer,
              evidence text)""";
    static final String SCHEMA_OPEN = "create unique index validation_open on validation(device) where code is null";
    static final String SCHEMA_DEVICE = "create index validation_device on validation(device)";
    static final String SCHEMA_WATERMARK =
            "create table watermark(device text primary key, boots integer not null, generation integer not null)";

    /**
     * One validation.
     *
     * @param code how it was decided, or empty while the device's answer is awaited
     */
    record Validation(Pva.Request request, Nonce challenge, Instant challenged, Optional<ResultCode> code) {}

    private Validations() {}

    static Optional<Validation> byRegistration(Connection connection, Nonce registration) throws SQLException {
        return find(connection, "registration = ?", registration.toString());
    }

    static Optional<Validation> open(Connection connection, Ueid device) throws SQLException {
        return find(connection, "device = ? and code is null", device.hex());
    }

    /** The devices whose answer is awaited. */
    static List<Ueid> waiting(Connection connection) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("select device from validation where code is null")) {
            List<Ueid> devices = new ArrayList<>();
            ResultSet row = select.executeQuery();
            while (row.next()) {
                devices.add(Ueid.hex(row.getString(1)));
            }
            return devices;
        }
    }

    /** The validation that this very evidence decided. */
    static Optional<Validation> decidedBy(Connection connection, Ueid device, Opaque evidenceDigest)
            throws SQLException {
        try (PreparedStatement select = select(connection, "device = ? and evidence = ?")) {
            select.setString(1, device.hex());
            select.setString(2, evidenceDigest.hex());
            return first(select);
        }
    }

    private static Optional<Validation> find(Connection connection, String where, String value) throws SQLException {
        try (PreparedStatement select = select(connection, where)) {
            select.setString(1, value);
            return first(select);
        }
    }

    private static PreparedStatement select(Connection connection, String where) throws SQLException {
        return connection.prepareStatement(
                "select registration, device, operator, policy, challenge, challenged, code from validation where "
                        + where);
    }

    private static Optional<Validation> first(PreparedStatement select) throws SQLException {
        ResultSet row = select.executeQuery();
        if (!row.next()) {
            return Optional.empty();
        }
        int code = row.getInt(7);
        boolean decided = !row.wasNull();
        return Optional.of(new Validation(
                new Pva.Request(
                        new Nonce(Opaque.hex(row.getString(1))),
                        Ueid.hex(row.getString(2)),
                        Plmn.parse(row.getString(3)),
                        row.getString(4)),
                new Nonce(Opaque.hex(row.getString(5))),
                Instant.ofEpochMilli(row.getLong(6)),
                decided ? Optional.of(ResultCode.of(code)) : Optional.empty()));
    }

    /** Opens a validation; one that is open for the same device is given up for it. */
    static void open(Connection connection, Pva.Request request, Nonce challenge, Instant now) throws SQLException {
        supersede(connection, request.device(), request.registration());
        try (PreparedStatement insert = connection.prepareStatement("""
                insert into validation(registration, device, operator, policy, challenge, challenged)
                values(?, ?, ?, ?, ?, ?)""")) {
            insert.setString(1, request.registration().toString());
            insert.setString(2, request.device().hex());
            insert.setString(3, request.operator().toString());
            insert.setString(4, request.policyId());
            insert.setString(5, challenge.toString());
            insert.setLong(6, now.toEpochMilli());
            insert.executeUpdate();
        }
    }

    /** The device registered anew: a challenge of before would only hide what else waits for it. */
    private static void supersede(Connection connection, Ueid device, Nonce by) throws SQLException {
        Sql.update(
                connection,
                "update validation set code = ? where device = ? and code is null and registration <> ?",
                ResultCode.EVIDENCE_STALE.number(),
                device,
                by);
    }

    /** Each of these devices registered anew, nearly always one whose last validation was decided long ago. */
    static void supersede(Connection connection, Collection<Pva.Applicant> by) throws SQLException {
        Set<Ueid> open = Set.copyOf(Sql.all(
                connection,
                "select device from validation where code is null and device in (" + Sql.places(by.size()) + ")",
                row -> Ueid.hex(row.getString(1)),
                by.stream().map(Pva.Applicant::device).toArray()));
        for (Pva.Applicant one : by) {
            if (open.contains(one.device())) {
                supersede(connection, one.device(), one.registration());
            }
        }
    }

    /** Gives an open validation a fresh challenge. */
    static void challenge(Connection connection, Nonce registration, Nonce challenge, Instant now) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "update validation set challenge = ?, challenged = ? where registration = ?")) {
            update.setString(1, challenge.toString());
            update.setLong(2, now.toEpochMilli());
            update.setString(3, registration.toString());
            update.executeUpdate();
        }
    }

    /** Decides a validation. @return false if somebody else decided it first */
    static boolean decide(Connection connection, Nonce registration, ResultCode code, Opaque evidenceDigest)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "update validation set code = ?, evidence = ? where registration = ? and code is null")) {
            update.setInt(1, code.number());
            update.setString(2, evidenceDigest.hex());
            update.setString(3, registration.toString());
            return update.executeUpdate() == 1;
        }
    }

    /** Whether these counters are behind the highest seen of this device. */
    static boolean isBehind(Connection connection, Ueid device, long boots, long generation) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("select boots, generation from watermark where device = ?")) {
            select.setString(1, device.hex());
            ResultSet row = select.executeQuery();
            return row.next() && (boots < row.getLong(1) || generation < row.getLong(2));
        }
    }

    /** Remembers the highest counters of a device. */
    static void raise(Connection connection, Ueid device, long boots, long generation) throws SQLException {
        try (PreparedStatement upsert = connection.prepareStatement("""
                insert into watermark(device, boots, generation) values(?, ?, ?)
                on conflict(device) do update set boots = excluded.boots, generation = excluded.generation""")) {
            upsert.setString(1, device.hex());
            upsert.setLong(2, boots);
            upsert.setLong(3, generation);
            upsert.executeUpdate();
        }
    }
}
