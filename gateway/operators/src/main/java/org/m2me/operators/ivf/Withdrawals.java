// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ivf;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.m2me.operators.Ivf.Withdrawal;
import org.m2me.operators.ivf.Results.Place;
import org.m2me.operators.store.Sql;
import org.m2me.protocol.evidence.MeasuredComponent;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

/** What was withdrawn, kept so that it also holds for results that come late. */
final class Withdrawals {
    static final String SCHEMA = """
            create table withdrawal(
              kind text not null,
              what text not null,
              supplier text not null,
              until integer not null,
              primary key(kind, what, supplier))""";

    /** What a withdrawal names, and how the results that rest on it are found. */
    enum Kind {
        DEVICE("device = ?"),
        CREDENTIAL("credential = ?"),
        /** With its version or without. */
        REFERENCE_SET("(reference = ? or reference_id = ?)"),
        DIGEST("(device, policy) in (select device, policy from component where digest = ?)"),
        COMPONENT("(device, policy) in (select device, policy from component where name_version = ?)");

        private final String condition;

        Kind(String condition) {
            this.condition = condition;
        }
    }

    /**
     * A withdrawal.
     *
     * @param supplier empty for all
     * @param until epoch seconds
     */
    record Key(Kind kind, String what, String supplier, long until) {}

    /** An identifier of 64 bytes and a version. */
    private static final int WHAT_LENGTH_MAX = 128;

    private Withdrawals() {}

    /** @throws Refused MALFORMED unless it names exactly one thing, in a past that may have been */
    static Key key(Withdrawal withdrawal, long latest) throws Refused {
        List<Key> named = new ArrayList<>();
        String supplier = withdrawal.supplier().orElse("");
        long until = withdrawal.until().getEpochSecond();
        withdrawal.device().ifPresent(device -> named.add(new Key(Kind.DEVICE, device.hex(), supplier, until)));
        withdrawal.credential().ifPresent(key -> named.add(new Key(Kind.CREDENTIAL, key.hex(), supplier, until)));
        withdrawal.referenceSet().ifPresent(set -> named.add(new Key(Kind.REFERENCE_SET, set, supplier, until)));
        withdrawal.digest().ifPresent(digest -> named.add(new Key(Kind.DIGEST, digest.hex(), supplier, until)));
        withdrawal
                .component()
                .ifPresent(bad ->
                        named.add(new Key(Kind.COMPONENT, nameVersion(bad.name(), bad.version()), supplier, until)));
        if (named.size() != 1) {
            throw new Refused(ResultCode.MALFORMED, "withdrawal: names " + named.size() + " things, wants one");
        }
        Key key = named.get(0);
        if (until > latest || key.what().length() > WHAT_LENGTH_MAX || supplier.length() > WHAT_LENGTH_MAX) {
            throw new Refused(
                    ResultCode.MALFORMED,
                    "withdrawal until " + withdrawal.until() + " of "
                            + key.what().length() + " characters");
        }
        return key;
    }

    /** One text for both; a name has no more than 32 bytes, so its length tells where it ends. */
    static String nameVersion(String name, String version) {
        return name.length() + " " + name + " " + version;
    }

    /** Remembers it; the latest of its kind counts. @return that one */
    static Key add(Connection connection, Key key) throws SQLException {
        Sql.update(connection, """
                insert into withdrawal(kind, what, supplier, until) values(?, ?, ?, ?)
                on conflict(kind, what, supplier) do update set until = excluded.until
                where excluded.until > withdrawal.until""", key.kind(), key.what(), key.supplier(), key.until());
        long until = Sql.first(
                        connection,
                        "select until from withdrawal where kind = ? and what = ? and supplier = ?",
                        row -> row.getLong(1),
                        key.kind(),
                        key.what(),
                        key.supplier())
                .orElseThrow();
        return new Key(key.kind(), key.what(), key.supplier(), until);
    }

    /** Forgets those that no result can be old enough for. */
    static void forget(Connection connection, long before) throws SQLException {
        Sql.update(connection, "delete from withdrawal where until < ?", before);
    }

    static List<Key> all(Connection connection) throws SQLException {
        return Sql.all(
                connection,
                "select kind, what, supplier, until from withdrawal",
                row -> new Key(Kind.valueOf(row.getString(1)), row.getString(2), row.getString(3), row.getLong(4)));
    }

    /** Whether a result that comes now was withdrawn before. */
    static boolean holdFor(
            Connection connection, Place place, Kept kept, Results.Rests rests, List<MeasuredComponent> components)
            throws SQLException {
        List<Key> keys = new ArrayList<>();
        String supplier = rests.supplier();
        keys.add(new Key(Kind.DEVICE, place.device().hex(), supplier, kept.issued()));
        keys.add(new Key(Kind.CREDENTIAL, rests.credential().hex(), supplier, kept.issued()));
        keys.add(new Key(Kind.REFERENCE_SET, rests.reference(), supplier, kept.issued()));
        keys.add(new Key(Kind.REFERENCE_SET, rests.referenceId(), supplier, kept.issued()));
        for (MeasuredComponent component : components) {
            keys.add(new Key(Kind.DIGEST, component.sha256().hex(), supplier, kept.issued()));
            keys.add(new Key(
                    Kind.COMPONENT, nameVersion(component.name(), component.version()), supplier, kept.issued()));
        }
        for (Key key : keys) {
            Optional<Long> found = Sql.first(
                    connection,
                    "select until from withdrawal where kind = ? and what = ? and supplier in ('', ?) and until >= ?",
                    row -> row.getLong(1),
                    key.kind(),
                    key.what(),
                    key.supplier(),
                    key.until());
            if (found.isPresent()) {
                return true;
            }
        }
        return false;
    }

    /** Marks results that rest on it, at most so many. @return which were not marked before */
    static List<Place> mark(Connection connection, Key key, int limit) throws SQLException {
        List<Place> places = select(connection, "device, policy", key, "withdrawn = 0 limit " + limit, Results::place);
        for (Place place : places) {
            Sql.update(
                    connection,
                    "update kept set withdrawn = 1 where device = ? and policy = ?",
                    place.device(),
                    place.policy());
        }
        return places;
    }

    /** The devices whose results are void by it, also by an earlier call, after one of them. */
    static List<Ueid> devices(Connection connection, Key key, String after, int limit) throws SQLException {
        return select(
                connection,
                "distinct device",
                key,
                "device > '" + after + "' order by device limit " + limit,
                row -> Ueid.hex(row.getString(1)));
    }

    private static <T> List<T> select(Connection connection, String what, Key key, String rest, Sql.Row<T> row)
            throws SQLException {
        String sql = "select " + what + " from kept where " + key.kind().condition
                + " and issued <= ? and ? in ('', supplier) and " + rest;
        return key.kind() == Kind.REFERENCE_SET
                ? Sql.all(connection, sql, row, key.what(), key.what(), key.until(), key.supplier())
                : Sql.all(connection, sql, row, key.what(), key.until(), key.supplier());
    }
}
