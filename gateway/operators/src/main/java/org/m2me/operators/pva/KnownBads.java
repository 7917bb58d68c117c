// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.pva;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.m2me.operators.Pva;
import org.m2me.operators.store.Sql;
import org.m2me.protocol.evidence.Evidence;
import org.m2me.protocol.evidence.MeasuredComponent;
import org.m2me.protocol.evidence.ReferenceValues;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

/** What suppliers do not vouch for any longer, and credentials that were found revoked. */
final class KnownBads {
    static final String SCHEMA = """
            create table known_bad(
              supplier text not null,
              kind text not null,
              what text not null,
              primary key(supplier, kind, what))""";
    static final String SCHEMA_AT = "alter table known_bad add column at integer not null default 0";
    static final String SCHEMA_REVOKED = "create table revoked(credential text primary key)";

    private static final int DIGEST_LENGTH = 32; // SHA-256
    private static final String SET = "set";
    private static final String DIGEST = "digest";
    private static final String COMPONENT = "component";

    private KnownBads() {}

    /** One thing that a supplier named. */
    private record Named(String kind, String what) {
        /** Of reference values, all that there are of a model. */
        boolean isOfAnyVersion() {
            return kind.equals(SET) && !what.contains(":");
        }
    }

    /** @throws Refused MALFORMED unless it is one thing, and a set is the supplier's */
    private static Named named(String supplier, Pva.KnownBad bad) throws Refused {
        List<Named> named = new ArrayList<>();
        bad.referenceSet().ifPresent(set -> named.add(new Named(SET, set)));
        bad.digest().ifPresent(digest -> named.add(new Named(DIGEST, digest.hex())));
        bad.component()
                .ifPresent(component ->
                        named.add(new Named(COMPONENT, nameVersion(component.name(), component.version()))));
        if (named.size() != 1) {
            throw malformed("known bad: names " + named.size() + " things, wants one");
        }
        int length = bad.digest().map(Opaque::length).orElse(DIGEST_LENGTH);
        if (length != DIGEST_LENGTH) {
            throw malformed("known bad: digest of " + length + " bytes, wants " + DIGEST_LENGTH);
        }
        Named one = named.get(0);
        if (one.kind().equals(SET) && !one.what().startsWith(supplier + "/")) {
            throw malformed("reference set: " + one.what() + " is not of supplier " + supplier);
        }
        return one;
    }

    private static Refused malformed(String why) {
        return new Refused(ResultCode.MALFORMED, why);
    }

    /** Remembers what a supplier withdrew. @throws Refused MALFORMED */
    static void add(Connection connection, String supplier, Pva.KnownBad bad, Instant now)
            throws SQLException, Refused {
        Named named = named(supplier, bad);
        add(connection, supplier, named, now);
        if (named.isOfAnyVersion()) {
            for (long version : Sql.all(
                    connection,
                    "select version from published where supplier = ? and model = ?",
                    row -> row.getLong(1),
                    supplier,
                    named.what().substring(supplier.length() + 1))) {
                add(connection, supplier, new Named(SET, named.what() + ":" + version), now);
            }
        }
    }

    /** When a supplier withdrew this, if it did; of a set without a version, when it did so first. @throws Refused MALFORMED */
    static Optional<Instant> since(Connection connection, String supplier, Pva.KnownBad bad)
            throws SQLException, Refused {
        Named named = named(supplier, bad);
        return Sql.first(
                connection,
                "select at from known_bad where supplier = ? and kind = ? and what = ?",
                row -> Instant.ofEpochMilli(row.getLong(1)),
                supplier,
                named.kind(),
                named.what());
    }

    private static void add(Connection connection, String supplier, Named named, Instant now) throws SQLException {
        Sql.update(
                connection,
                "insert into known_bad(supplier, kind, what, at) values(?, ?, ?, ?) on conflict do nothing",
                supplier,
                named.kind(),
                named.what(),
                now);
    }

    private static String nameVersion(String name, String version) {
        return name.length() + " " + name + " " + version;
    }

    private static boolean has(Connection connection, String supplier, String kind, String what) throws SQLException {
        return Sql.first(
                        connection,
                        "select 1 from known_bad where supplier = ? and kind = ? and what = ?",
                        row -> true,
                        supplier,
                        kind,
                        what)
                .isPresent();
    }

    /** @throws Refused REFERENCE_VALUES_MISSING if the set was withdrawn */
    static void pass(Connection connection, String supplier, ReferenceValues references) throws SQLException, Refused {
        String set = references.id() + ":" + references.version();
        if (has(connection, supplier, SET, set)) {
            throw new Refused(ResultCode.REFERENCE_VALUES_MISSING, "reference values " + set + " were withdrawn");
        }
    }

    /** @throws Refused COMPONENT_MISMATCH naming the first component that is known to be bad */
    static void pass(Connection connection, String supplier, Evidence evidence) throws SQLException, Refused {
        for (MeasuredComponent component : evidence.components()) {
            if (has(connection, supplier, DIGEST, component.sha256().hex())
                    || has(connection, supplier, COMPONENT, nameVersion(component.name(), component.version()))) {
                throw new Refused(
                        ResultCode.COMPONENT_MISMATCH,
                        "component '" + component.name() + "' is known to be bad: version '" + component.version()
                                + "', " + component.sha256());
            }
        }
    }

    /** All that one supplier does not vouch for any longer, with the time when it said so. */
    static final class Bads {
        private final Map<String, Instant> since;

        private Bads(Map<String, Instant> since) {
            this.since = since;
        }

        boolean isEmpty() {
            return since.isEmpty();
        }

        /** When the last of what a result rests on was withdrawn, if something was. */
        Optional<Instant> newest(String referenceSet, List<MeasuredComponent> components) {
            Stream<String> parts = components.stream()
                    .flatMap(component -> Stream.of(
                            key(DIGEST, component.sha256().hex()),
                            key(COMPONENT, nameVersion(component.name(), component.version()))));
            return Stream.concat(Stream.of(key(SET, referenceSet)), parts)
                    .map(since::get)
                    .filter(Objects::nonNull)
                    .max(Instant::compareTo);
        }

        private static String key(String kind, String what) {
            return kind + " " + what;
        }
    }

    static Bads of(Connection connection, String supplier) throws SQLException {
        Map<String, Instant> since = new HashMap<>();
        Sql.all(
                        connection,
                        "select kind, what, at from known_bad where supplier = ?",
                        row -> Map.entry(
                                Bads.key(row.getString(1), row.getString(2)), Instant.ofEpochMilli(row.getLong(3))),
                        supplier)
                .forEach(bad -> since.put(bad.getKey(), bad.getValue()));
        return new Bads(since);
    }

    /** Remembers that a credential was found revoked. @return whether that is new */
    static boolean revoked(Connection connection, Opaque credential) throws SQLException {
        return Sql.update(
                        connection,
                        "insert into revoked(credential) values(?) on conflict do nothing",
                        credential.hex())
                == 1;
    }

    /** Those of them that were found revoked, and not good since. */
    static Set<Opaque> revokedAmong(Connection connection, Collection<Opaque> credentials) throws SQLException {
        return Set.copyOf(Sql.all(
                connection,
                "select credential from revoked where credential in (" + Sql.places(credentials.size()) + ")",
                row -> Opaque.hex(row.getString(1)),
                credentials.stream().map(Opaque::hex).toArray()));
    }

    /** Forgets it: the supplier lifted it. */
    static void passed(Connection connection, Opaque credential) throws SQLException {
        Sql.update(connection, "delete from revoked where credential = ?", credential.hex());
    }
}
