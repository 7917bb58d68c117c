// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.supplier;

import java.math.BigInteger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.m2me.operators.Supplier.Blank;
import org.m2me.operators.Supplier.Made;
import org.m2me.operators.store.Sql;
import org.m2me.operators.store.Vault;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.pki.Ocsp;

/** The devices that a supplier made, its releases by model, and which of its own PCIDs it used. */
final class Devices {
    static final String SCHEMA = """
            create table device(
              device text primary key,
              platform_key blob not null,
              serial text not null unique,
              pcid text not null,
              platform_certificate blob not null,
              transport_certificate blob not null,
              supplier_certificate blob not null,
              pcid_envelope blob not null,
              sealed_owner_token blob not null,
              deposit_form blob,
              revoked integer)""";
    static final String SCHEMA_MODEL = "create table model(model text primary key, version integer not null)";
    static final String SCHEMA_PCID = "create table own_pcid(number integer primary key, device text not null unique)";
    static final String SCHEMA_PCID_KEY = "alter table own_pcid add column sealed blob";

    /** A device and the key it was made with. */
    record Entry(Opaque platformKey, Made made) {}

    private Devices() {}

    static Optional<Entry> find(Connection connection, Ueid device, Vault vault) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("""
                select platform_key, pcid, platform_certificate, transport_certificate, supplier_certificate,
                  pcid_envelope, sealed_owner_token, deposit_form from device where device = ?""")) {
            select.setString(1, device.hex());
            ResultSet row = select.executeQuery();
            if (!row.next()) {
                return Optional.empty();
            }
            Made made = new Made(
                    device,
                    Pcid.of(row.getString(2)),
                    Opaque.of(row.getBytes(3)),
                    Opaque.of(row.getBytes(4)),
                    Opaque.of(row.getBytes(5)),
                    Opaque.of(row.getBytes(6)),
                    vault.openToken(row.getBytes(7), device),
                    Optional.ofNullable(row.getBytes(8)).map(Opaque::of));
            return Optional.of(new Entry(Opaque.of(row.getBytes(1)), made));
        }
    }

    static void add(Connection connection, Blank blank, Made made, Vault vault) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("""
                insert into device(device, platform_key, serial, pcid, platform_certificate, transport_certificate,
                  supplier_certificate, pcid_envelope, sealed_owner_token, deposit_form)
                values(?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict(device) do nothing""")) {
            insert.setString(1, made.device().hex());
            insert.setBytes(2, blank.platformKey().bytes());
            insert.setString(3, serial(made).toString());
            insert.setString(4, made.pcid().toString());
            insert.setBytes(5, made.platformCertificate().bytes());
            insert.setBytes(6, made.transportCertificate().bytes());
            insert.setBytes(7, made.supplierCertificate().bytes());
            insert.setBytes(8, made.pcidEnvelope().bytes());
            insert.setBytes(9, vault.sealToken(made.ownerToken(), made.device()));
            insert.setBytes(10, made.depositForm().map(Opaque::bytes).orElse(null));
            insert.executeUpdate();
        }
    }

    private static BigInteger serial(Made made) {
        return Certificate.parse(made.platformCertificate().bytes()).serial();
    }

    /** @return whether there is such a device */
    static boolean revoke(Connection connection, Ueid device, Instant now) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("update device set revoked = coalesce(revoked, ?) where device = ?")) {
            update.setLong(1, now.toEpochMilli());
            update.setString(2, device.hex());
            return update.executeUpdate() == 1;
        }
    }

    static Ocsp.Status status(Connection connection, BigInteger serial) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("select revoked from device where serial = ?")) {
            select.setString(1, serial.toString());
            ResultSet row = select.executeQuery();
            if (!row.next()) {
                return new Ocsp.Status.Unknown();
            }
            long revoked = row.getLong(1);
            return row.wasNull() ? new Ocsp.Status.Good() : new Ocsp.Status.Revoked(Instant.ofEpochMilli(revoked));
        }
    }

    static long nextVersion(Connection connection, String model) throws SQLException {
        try (PreparedStatement upsert = connection.prepareStatement("""
                insert into model(model, version) values(?, 1)
                on conflict(model) do update set version = model.version + 1 returning version""")) {
            upsert.setString(1, model);
            ResultSet row = upsert.executeQuery();
            row.next();
            return row.getLong(1);
        }
    }

    /** The place in the supplier's own range that is this device's: the same one however often it is asked for. */
    static long nextPcid(Connection connection, Ueid device) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("""
                insert into own_pcid(number, device) select coalesce(max(number) + 1, 0), ? from own_pcid where true
                on conflict(device) do update set device = excluded.device returning number""")) {
            insert.setString(1, device.hex());
            ResultSet row = insert.executeQuery();
            row.next();
            return row.getLong(1);
        }
    }

    /** The device's own PCID as {@link #keepPcid} left it, until it is forgotten. */
    static Optional<byte[]> keptPcid(Connection connection, Ueid device) throws SQLException {
        return Sql.first(
                connection,
                "select sealed from own_pcid where device = ? and sealed is not null",
                row -> row.getBytes(1),
                device);
    }

    static void keepPcid(Connection connection, Ueid device, byte[] sealed) throws SQLException {
        Sql.update(connection, "update own_pcid set sealed = ? where device = ?", sealed, device);
    }

    /** The device has it, and so has whoever else needs it. */
    static void forgetPcid(Connection connection, Ueid device) throws SQLException {
        Sql.update(connection, "update own_pcid set sealed = null where device = ?", device);
    }
}
