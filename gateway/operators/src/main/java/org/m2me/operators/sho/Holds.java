// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.m2me.operators.Sho.Hold;
import org.m2me.operators.store.Sql;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.ResultCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The devices that were refused for good. What was lifted is kept, with its time: who asks later sees that a device was
 * held, why, and until when.
 */
final class Holds {
    static final List<String> SCHEMA =
            List.of("""
            CREATE TABLE hold (
              device TEXT NOT NULL,
              code BIGINT NOT NULL,
              since BIGINT NOT NULL,
              lifted BIGINT)""", "CREATE UNIQUE INDEX hold_standing ON hold (device) WHERE lifted IS NULL");

    /** Of the device, not of the moment: asked again it would be refused again, at the cost of a validation. */
    private static final Set<ResultCode> FOR_GOOD = EnumSet.of(
            ResultCode.CREDENTIAL_EXPIRED,
            ResultCode.CREDENTIAL_REVOKED,
            ResultCode.CREDENTIAL_INVALID,
            ResultCode.EVIDENCE_INVALID,
            ResultCode.COMPONENT_MISMATCH,
            ResultCode.ROLLED_BACK,
            ResultCode.POLICY);

    private static final Logger LOG = LoggerFactory.getLogger(Holds.class);

    private Holds() {}

    /** A validation failed: the device is held if that is for good. */
    static void place(Connection connection, Ueid device, ResultCode code, Instant now) throws SQLException {
        if (FOR_GOOD.contains(code)) {
            Sql.update(
                    connection,
                    "INSERT INTO hold (device, code, since) VALUES (?, ?, ?)"
                            + " ON CONFLICT (device) WHERE lifted IS NULL DO NOTHING",
                    device,
                    code.number(),
                    now);
            LOG.warn("{} is held: {}, {}", device, code, code.words());
        }
    }

    static Optional<Hold> find(Connection connection, Ueid device) throws SQLException {
        return Sql.first(
                connection,
                "SELECT device, code, since FROM hold WHERE device = ? AND lifted IS NULL",
                Holds::read,
                device);
    }

    /** Those that stand, by name of the device. @param after empty for the first */
    static List<Hold> standing(Connection connection, Optional<Ueid> after, int max) throws SQLException {
        return Sql.all(
                connection,
                "SELECT device, code, since FROM hold WHERE lifted IS NULL AND device > ? ORDER BY device LIMIT ?",
                Holds::read,
                after.map(Ueid::hex).orElse(""),
                max);
    }

    static void lift(Connection connection, Ueid device, Instant now) throws SQLException {
        Optional<Hold> standing = find(connection, device);
        if (standing.isPresent()) {
            Sql.update(connection, "UPDATE hold SET lifted = ? WHERE device = ? AND lifted IS NULL", now, device);
            LOG.warn(
                    "{} is held no more: the operator lifted {} of {}",
                    device,
                    standing.get().code(),
                    standing.get().since());
        }
    }

    private static Hold read(ResultSet row) throws SQLException {
        return new Hold(
                Ueid.hex(row.getString(1)), ResultCode.of(row.getLong(2)), Instant.ofEpochMilli(row.getLong(3)));
    }
}
