// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.pva;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;

/** What suppliers told the PVA in advance: platform credentials by device, reference values by model. */
final class Enrolments {
    static final String SCHEMA =
            "create table credential(device text primary key, supplier text not null, certificate blob not null)";
    static final String SCHEMA_REFERENCES = """
            create table reference(
              supplier text not null,
              model text not null,
              version integer not null,
              signed blob not null,
              primary key(supplier, model))""";

    /** A device's platform credential. */
    record Credential(String supplier, Opaque certificate) {}

    private Enrolments() {}

    static Optional<Credential> credential(Connection connection, Ueid device) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("select supplier, certificate from credential where device = ?")) {
            select.setString(1, device.hex());
            ResultSet row = select.executeQuery();
            return row.next()
                    ? Optional.of(new Credential(row.getString(1), Opaque.of(row.getBytes(2))))
                    : Optional.empty();
        }
    }

    static void enrol(Connection connection, Ueid device, String supplier, Opaque certificate) throws SQLException {
        try (PreparedStatement upsert = connection.prepareStatement("""
                insert into credential(device, supplier, certificate) values(?, ?, ?)
                on conflict(device) do update set supplier = excluded.supplier, certificate = excluded.certificate""")) {
            upsert.setString(1, device.hex());
            upsert.setString(2, supplier);
            upsert.setBytes(3, certificate.bytes());
            upsert.executeUpdate();
        }
    }

    static Optional<Opaque> references(Connection connection, String supplier, String model) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("select signed from reference where supplier = ? and model = ?")) {
            select.setString(1, supplier);
            select.setString(2, model);
            ResultSet row = select.executeQuery();
            return row.next() ? Optional.of(Opaque.of(row.getBytes(1))) : Optional.empty();
        }
    }

    /** Keeps the set of the highest version. @return whether this one is kept */
    static boolean publish(Connection connection, String supplier, String model, long version, Opaque signed)
            throws SQLException {
        try (PreparedStatement upsert = connection.prepareStatement("""
                insert into reference(supplier, model, version, signed) values(?, ?, ?, ?)
                on conflict(supplier, model) do update set version = excluded.version, signed = excluded.signed
                where excluded.version >= reference.version""")) {
            upsert.setString(1, supplier);
            upsert.setString(2, model);
            upsert.setLong(3, version);
            upsert.setBytes(4, signed.bytes());
            return upsert.executeUpdate() == 1;
        }
    }
}
