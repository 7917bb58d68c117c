// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.pva;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
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

    /** Remembers what a supplier withdrew. @throws Refused MALFORMED */
    static void add(Connection connection, String supplier, Pva.KnownBad bad, Instant now)
            throws SQLException, Refused {
        int named = (bad.referenceSet().isPresent() ? 1 : 0)
                + (bad.digest().isPresent() ? 1 : 0)
                + (bad.component().isPresent() ? 1 : 0);
        if (named != 1) {
            throw new Refused(ResultCode.MALFORMED, "known bad: names " + named + " things, wants one");
        }
        if (bad.referenceSet().isPresent()) {
            addSet(connection, supplier, bad.referenceSet().get(), now);
        } else if (bad.digest().isPresent()) {
            int length = bad.digest().get().length();
            if (length != DIGEST_LENGTH) {
                throw new Refused(
                        ResultCode.MALFORMED, "known bad: digest of " + length + " bytes, wants " + DIGEST_LENGTH);
            }
            add(connection, supplier, DIGEST, bad.digest().get().hex(), now);
        } else {
            var component = bad.component().orElseThrow();
            add(connection, supplier, COMPONENT, nameVersion(component.name(), component.version()), now);
        }
    }

    /** A set that is named without a version: the newest, for older ones are compared with no more. */
    private static void addSet(Connection connection, String supplier, String set, Instant now)
            throws SQLException, Refused {
        if (!set.startsWith(supplier + "/")) {
            throw new Refused(ResultCode.MALFORMED, "reference set: " + set + " is not of supplier " + supplier);
        }
        if (set.contains(":")) {
            add(connection, supplier, SET, set, now);
            return;
        }
        for (long version : Sql.all(
                connection,
                "select version from published where supplier = ? and model = ?",
                row -> row.getLong(1),
                supplier,
                set.substring(supplier.length() + 1))) {
            add(connection, supplier, SET, set + ":" + version, now);
        }
    }

    private static void add(Connection connection, String supplier, String kind, String what, Instant now)
            throws SQLException {
        Sql.update(
                connection,
                "insert into known_bad(supplier, kind, what, at) values(?, ?, ?, ?) on conflict do nothing",
                supplier,
                kind,
                what,
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
