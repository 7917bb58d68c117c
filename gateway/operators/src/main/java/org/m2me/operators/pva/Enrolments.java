// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.pva;

import static java.util.stream.Collectors.toMap;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.m2me.operators.store.Sql;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;

/** What suppliers told the PVA in advance: platform credentials by device, reference values by model. */
final class Enrolments {
    /** Of before several releases of a model were kept; some databases have it, with one release of each. */
    private static final String NEWEST_ONLY = "create table if not exists reference("
            + "supplier text not null, model text not null, version integer not null, signed blob not null)";

    static final List<String> SCHEMA = List.of(
            "create table credential(device text primary key, supplier text not null, certificate blob not null)",
            "alter table credential add column owner_proof blob",
            NEWEST_ONLY,
            """
            create table published(
              supplier text not null,
              model text not null,
              version integer not null,
              signed blob not null,
              primary key(supplier, model, version))""",
            "insert into published(supplier, model, version, signed)"
                    + " select supplier, model, version, signed from reference",
            "drop table reference",
            "alter table credential add column authority blob");

    /** A device that is so many releases behind has not been reached for years. */
    static final int RELEASES_MAX = 16;

    /**
     * A device's platform credential.
     *
     * @param ownerProof by which the IVF knows its owner, if the supplier said it
     * @param authority SHA-256 of the certificate of the authority that was found to have issued it; absent in what was
     *     enrolled before this was kept
     */
    record Credential(String supplier, Opaque certificate, Optional<Opaque> ownerProof, Optional<Opaque> authority) {}

    private Enrolments() {}

    static Optional<Credential> credential(Connection connection, Ueid device) throws SQLException {
        return Optional.ofNullable(credentials(connection, List.of(device)).get(device));
    }

    /** Of those that were enrolled. */
    static Map<Ueid, Credential> credentials(Connection connection, Collection<Ueid> devices) throws SQLException {
        return Sql.all(
                        connection,
                        "select device, supplier, certificate, owner_proof, authority from credential where device in ("
                                + Sql.places(devices.size()) + ")",
                        row -> Map.entry(
                                Ueid.hex(row.getString(1)),
                                new Credential(
                                        row.getString(2),
                                        Opaque.of(row.getBytes(3)),
                                        Optional.ofNullable(row.getBytes(4)).map(Opaque::of),
                                        Optional.ofNullable(row.getBytes(5)).map(Opaque::of))),
                        devices.toArray())
                .stream()
                .collect(toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** By which the IVF knows the device's owner, if its supplier said it. */
    static Optional<Opaque> ownerProof(Connection connection, Ueid device) throws SQLException {
        return credential(connection, device).flatMap(Credential::ownerProof);
    }

    static void enrol(Connection connection, Ueid device, Credential credential) throws SQLException {
        Sql.update(
                connection,
                "insert into credential(device, supplier, certificate, owner_proof, authority) values(?, ?, ?, ?, ?)"
                        + " on conflict(device) do update set supplier = excluded.supplier,"
                        + " certificate = excluded.certificate, owner_proof = excluded.owner_proof,"
                        + " authority = excluded.authority",
                device,
                credential.supplier(),
                credential.certificate(),
                credential.ownerProof(),
                credential.authority());
    }

    /** Every release of a model that is kept, the newest first. */
    static List<Opaque> references(Connection connection, String supplier, String model) throws SQLException {
        return Sql.all(
                connection,
                "select signed from published where supplier = ? and model = ? order by version desc",
                row -> Opaque.of(row.getBytes(1)),
                supplier,
                model);
    }

    /** Keeps a release beside those before it; of more than {@link #RELEASES_MAX} the oldest goes. */
    static void publish(Connection connection, String supplier, String model, long version, Opaque signed)
            throws SQLException {
        Sql.update(
                connection,
                "insert into published(supplier, model, version, signed) values(?, ?, ?, ?)"
                        + " on conflict(supplier, model, version) do update set signed = excluded.signed",
                supplier,
                model,
                version,
                signed);
        Sql.update(
                connection,
                "delete from published where supplier = ? and model = ? and version not in"
                        + " (select version from published where supplier = ? and model = ?"
                        + " order by version desc limit ?)",
                supplier,
                model,
                supplier,
                model,
                RELEASES_MAX);
    }
}
