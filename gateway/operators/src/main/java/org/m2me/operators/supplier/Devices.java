// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.supplier;

import java.math.BigInteger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
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
    static final List<String> SCHEMA = List.of(
            """
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
              revoked integer)""",
            "create table model(model text primary key, version integer not null)",
            "alter table device add column agreement_key blob");

    /**
     * A device, and the keys it was made with.
     *
     * @param agreementKey to which a PCID is sealed, unless it was made before that was kept
     */
    record Entry(Opaque platformKey, Optional<Opaque> agreementKey, boolean revoked, Made made) {}

    private Devices() {}

    static Optional<Entry> find(Connection connection, Ueid device, Vault vault) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("""
                select platform_key, pcid, platform_certificate, transport_certificate, supplier_certificate,
                  pcid_envelope, sealed_owner_token, deposit_form, agreement_key, revoked from device where device = ?""")) {
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
            Optional<Opaque> agreementKey = Optional.ofNullable(row.getBytes(9)).map(Opaque::of);
            boolean revoked = row.getObject(10) != null;
            return Optional.of(new Entry(Opaque.of(row.getBytes(1)), agreementKey, revoked, made));
        }
    }

    static void add(Connection connection, Blank blank, Made made, Vault vault) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("""
                insert into device(device, platform_key, serial, pcid, platform_certificate, transport_certificate,
                  supplier_certificate, pcid_envelope, sealed_owner_token, deposit_form, agreement_key)
                values(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict(device) do nothing""")) {
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
            insert.setBytes(11, blank.agreementKey().bytes());
            insert.executeUpdate();
        }
    }

    private static BigInteger serial(Made made) {
        return Certificate.parse(made.platformCertificate().bytes()).serial();
    }

    static void revoke(Connection connection, Ueid device, Instant now) throws SQLException {
        Sql.update(connection, "update device set revoked = coalesce(revoked, ?) where device = ?", now, device);
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
}
