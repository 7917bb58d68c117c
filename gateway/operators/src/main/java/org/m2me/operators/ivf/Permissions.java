// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ivf;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.m2me.operators.store.Sql;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;

/** Who speaks for a device, and which operators its subscriber has permitted to inquire. */
final class Permissions {
    static final String SCHEMA = "create table spoken(device text primary key, subscriber text not null)";
    static final String SCHEMA_PERMISSION = """
            create table permission(
              device text not null,
              operator text not null,
              until integer not null,
              primary key(device, operator))""";

    /** An owner compares a few; each that is permitted for longer than needed learns when its former devices move. */
    static final int OPERATORS_MAX = 4;

    /** Long enough for the campaign of a large fleet. */
    static final Duration LIFETIME = Duration.ofDays(90);

    /** A permission as it is kept. @param until epoch seconds */
    record Permission(Ueid device, Plmn operator, long until) {}

    private Permissions() {}

    static Optional<String> subscriber(Connection connection, Ueid device) throws SQLException {
        return Sql.first(connection, "select subscriber from spoken where device = ?", row -> row.getString(1), device);
    }

    static void add(Connection connection, String subscriber, Permission permission) throws SQLException {
        Sql.update(
                connection,
                "insert into spoken(device, subscriber) values(?, ?) on conflict(device) do nothing",
                permission.device(),
                subscriber);
        Sql.update(connection, """
                insert into permission(device, operator, until) values(?, ?, ?)
                on conflict(device, operator) do update set until = excluded.until""", permission.device(), permission.operator(), permission.until());
        Sql.update(connection, """
                delete from permission where device = ? and operator not in (
                  select operator from permission where device = ? order by until desc, operator = ? desc limit ?)""", permission.device(), permission.device(), permission.operator(), OPERATORS_MAX);
    }

    static void release(Connection connection, Ueid device) throws SQLException {
        Sql.update(connection, "delete from spoken where device = ?", device);
        Sql.update(connection, "delete from permission where device = ?", device);
    }

    /** Those that are not over, the oldest first. */
    static List<Permission> all(Connection connection, long now) throws SQLException {
        Sql.update(connection, "delete from permission where until <= ?", now);
        return Sql.all(
                connection,
                "select device, operator, until from permission order by until",
                row -> new Permission(Ueid.hex(row.getString(1)), Plmn.parse(row.getString(2)), row.getLong(3)));
    }
}
