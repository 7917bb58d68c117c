// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ivf;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.m2me.operators.store.Sql;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

/** Whose each device is, and which operators its subscriber has permitted to inquire. */
final class Permissions {
    /** What is known of a device's owner since its first result came; empty where the PVA does not know it. */
    private static final String SCHEMA_OWNER = "create table owner(device text primary key, proof blob not null)";

    /** Who has shown a token for a device: one subscriber at most, once the owner is known. */
    private static final String SCHEMA_CLAIM = """
            create table claim(
              device text not null,
              subscriber text not null,
              proof blob not null,
              since integer not null,
              primary key(device, subscriber))""";

    private static final String SCHEMA_PERMITTED = """
            create table permitted(
              device text not null,
              subscriber text not null,
              operator text not null,
              until integer not null,
              primary key(device, subscriber, operator))""";

    static final List<String> SCHEMA = List.of(
            SCHEMA_OWNER,
            SCHEMA_CLAIM,
            SCHEMA_PERMITTED,
            // Of before tokens had to be shown.
            "drop table if exists spoken",
            "drop table if exists permission");

    /** An owner compares a few; each that is permitted for longer than needed learns when its former devices move. */
    static final int OPERATORS_MAX = 4;

    /** Long enough for the campaign of a large fleet. */
    static final Duration LIFETIME = Duration.ofDays(90);

    /** A permission as it is kept. @param until epoch seconds */
    record Permission(Ueid device, Plmn operator, long until) {}

    /** Who says that a device is theirs. @param proof of the token that they have shown */
    record Claim(Ueid device, String subscriber, Opaque proof) {}

    private Permissions() {}

    /** @throws Refused FORBIDDEN if the device is known to be another's */
    static void claim(Connection connection, Claim claim, long now) throws SQLException, Refused {
        Optional<Opaque> owner = owner(connection, claim.device());
        if (owner.isPresent() && !owner.get().equals(claim.proof())) {
            throw new Refused(ResultCode.FORBIDDEN, claim.device() + ": this is not its token");
        }
        boolean anothers = owner.isPresent()
                && Sql.first(
                                connection,
                                "select 1 from claim where device = ? and subscriber <> ?",
                                row -> row.getLong(1),
                                claim.device(),
                                claim.subscriber())
                        .isPresent();
        if (anothers) {
            throw new Refused(ResultCode.FORBIDDEN, claim.device() + ": another subscriber has shown its token");
        }
        Sql.update(
                connection,
                "insert into claim(device, subscriber, proof, since) values(?, ?, ?, ?)"
                        + " on conflict(device, subscriber) do update set proof = excluded.proof",
                claim.device(),
                claim.subscriber(),
                claim.proof(),
                now);
    }

    private static Optional<Opaque> owner(Connection connection, Ueid device) throws SQLException {
        return Sql.first(
                connection, "select proof from owner where device = ?", row -> Opaque.of(row.getBytes(1)), device);
    }

    /** The PVA says by what the owner is known: what others claimed is dropped. @return whether this is news */
    static boolean own(Connection connection, Ueid device, Opaque proof) throws SQLException {
        if (owner(connection, device).equals(Optional.of(proof))) {
            return false;
        }
        Sql.update(
                connection,
                "insert into owner(device, proof) values(?, ?) on conflict(device) do update set proof = excluded.proof",
                device,
                proof);
        Sql.update(connection, "delete from claim where device = ? and proof <> ?", device, proof);
        Sql.update(
                connection,
                "delete from claim where device = ? and subscriber <>"
                        + " (select subscriber from claim where device = ? order by since, subscriber limit 1)",
                device,
                device);
        Sql.update(
                connection,
                "delete from permitted where device = ? and subscriber not in"
                        + " (select subscriber from claim where device = ?)",
                device,
                device);
        return true;
    }

    static void add(Connection connection, String subscriber, Permission permission) throws SQLException {
        Sql.update(
                connection,
                "insert into permitted(device, subscriber, operator, until) values(?, ?, ?, ?)"
                        + " on conflict(device, subscriber, operator) do update set until = excluded.until",
                permission.device(),
                subscriber,
                permission.operator(),
                permission.until());
        Sql.update(
                connection,
                "delete from permitted where device = ? and subscriber = ? and operator not in"
                        + " (select operator from permitted where device = ? and subscriber = ?"
                        + " order by until desc, operator = ? desc limit ?)",
                permission.device(),
                subscriber,
                permission.device(),
                subscriber,
                permission.operator(),
                OPERATORS_MAX);
    }

    static void release(Connection connection, Ueid device) throws SQLException {
        Sql.update(connection, "delete from claim where device = ?", device);
        Sql.update(connection, "delete from permitted where device = ?", device);
    }

    /** Those that are not over, the oldest first. */
    static List<Permission> all(Connection connection, long now) throws SQLException {
        Sql.update(connection, "delete from permitted where until <= ?", now);
        return Sql.all(
                connection, "select device, operator, until from permitted order by until", Permissions::permission);
    }

    /** Those of a device, the oldest first. */
    static List<Permission> of(Connection connection, Ueid device) throws SQLException {
        return Sql.all(
                connection,
                "select device, operator, until from permitted where device = ? order by until",
                Permissions::permission,
                device);
    }

    private static Permission permission(ResultSet row) throws SQLException {
        return new Permission(Ueid.hex(row.getString(1)), Plmn.parse(row.getString(2)), row.getLong(3));
    }
}
