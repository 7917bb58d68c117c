// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ivf;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.m2me.operators.store.Database;
import org.m2me.operators.store.Sql;
import org.m2me.protocol.evidence.AttestationResult;
import org.m2me.protocol.evidence.MeasuredComponent;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;

/** The newest result of each device and policy, with all that it rests on. */
final class Results {
    static final String SCHEMA = """
            create table kept(
              device text not null,
              policy text not null,
              issued integer not null,
              expires integer not null,
              boots integer not null,
              generation integer not null,
              firmware blob not null,
              credential text not null,
              reference text not null,
              reference_id text not null,
              supplier text not null,
              signed blob not null,
              withdrawn integer not null,
              primary key(device, policy))""";
    static final String SCHEMA_COMPONENT = """
            create table component(
              device text not null,
              policy text not null,
              name text not null,
              name_version text not null,
              digest text not null,
              primary key(device, policy, name))""";
    static final List<String> INDEXES = List.of(
            "create index kept_credential on kept(credential)",
            "create index kept_reference on kept(reference)",
            "create index kept_reference_id on kept(reference_id)",
            "create index component_digest on component(digest)",
            "create index component_version on component(name_version)");

    /** A device and the policy of one of its results. */
    record Place(Ueid device, String policy) {}

    /** What the database holds of a result, beside what is kept in memory. */
    record Rests(Opaque credential, String reference, String referenceId, String supplier) {
        static Rests of(AttestationResult result) {
            String reference = result.referenceSet();
            int colon = reference.lastIndexOf(':');
            int slash = reference.indexOf('/');
            return new Rests(
                    result.credential(),
                    reference,
                    colon < 0 ? reference : reference.substring(0, colon),
                    slash < 0 ? "" : reference.substring(0, slash));
        }
    }

    private Results() {}

    static void put(Connection connection, Place place, Kept kept, Rests rests, List<MeasuredComponent> components)
            throws SQLException {
        remove(connection, place);
        Sql.update(
                connection,
                "insert into kept values(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                place.device(),
                place.policy(),
                kept.issued(),
                kept.expires(),
                kept.boots(),
                kept.generation(),
                kept.firmware(),
                rests.credential().hex(),
                rests.reference(),
                rests.referenceId(),
                rests.supplier(),
                kept.signed(),
                kept.withdrawn() ? 1 : 0);
        for (MeasuredComponent component : components) {
            Sql.update(
                    connection,
                    "insert into component values(?, ?, ?, ?, ?)",
                    place.device(),
                    place.policy(),
                    component.name(),
                    Withdrawals.nameVersion(component.name(), component.version()),
                    component.sha256().hex());
        }
    }

    static void remove(Connection connection, Place place) throws SQLException {
        Sql.update(connection, "delete from kept where device = ? and policy = ?", place.device(), place.policy());
        Sql.update(connection, "delete from component where device = ? and policy = ?", place.device(), place.policy());
    }

    static List<Place> expiredBefore(Connection connection, long time, int limit) throws SQLException {
        return Sql.all(
                connection, "select device, policy from kept where expires < ? limit ?", Results::place, time, limit);
    }

    static Place place(ResultSet row) throws SQLException {
        return new Place(Ueid.hex(row.getString(1)), row.getString(2));
    }

    /** Fills the memory. */
    static void load(Database database, Index index) {
        database.read(connection -> {
            try (var select = connection.prepareStatement("""
                            select device, policy, signed, issued, expires, boots, generation, firmware, withdrawn
                            from kept""");
                    ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    Place place = place(row);
                    index.put(place.device(), place.policy(), kept(connection, place, row));
                }
            }
            return index.size();
        });
    }

    private static Kept kept(Connection connection, Place place, ResultSet row) throws SQLException {
        Set<String> components = new HashSet<>(Sql.all(
                connection,
                "select name from component where device = ? and policy = ?",
                name -> name.getString(1),
                place.device(),
                place.policy()));
        return new Kept(
                Opaque.of(row.getBytes(3)),
                row.getLong(4),
                row.getLong(5),
                row.getLong(6),
                row.getLong(7),
                Opaque.of(row.getBytes(8)),
                components,
                row.getInt(9) != 0);
    }
}
