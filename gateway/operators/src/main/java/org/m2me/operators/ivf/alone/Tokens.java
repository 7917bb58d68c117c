// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ivf.alone;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.m2me.operators.store.Database;
import org.m2me.operators.store.Sql;
import org.m2me.protocol.identity.Opaque;

/** The newest token of each device, on disk. */
final class Tokens implements AutoCloseable {
    /** 1 kB each is a gigabyte; a verifier with more devices runs several of these, each with its share. */
    static final int DEVICES_MAX = 1_000_000;

    private static final String SCHEMA = """
            create table token(
              device text primary key,
              issuer text not null,
              form text not null,
              issued integer not null,
              expires integer not null,
              status text not null,
              policies text not null,
              token blob not null)""";
    private static final String SCHEMA_WITHDRAWN =
            "create table withdrawn(device text primary key, until integer not null)";
    private static final String SEPARATOR = "\n";

    /** A token as it is kept. @param expires as it says, or when it is too old to be relied on */
    record Kept(
            String issuer,
            Ear.Form form,
            Instant issued,
            Instant expires,
            Ear.Status status,
            List<String> policies,
            Opaque token) {}

    /** What is known of a device. @param withdrawn tokens that were issued until then are void */
    record Known(Optional<Kept> kept, Optional<Instant> withdrawn) {}

    private final Database database;

    /** Counted once: the table itself would be read from end to end. */
    private volatile long count;

    Tokens(Path file) {
        database = Database.open(file, SCHEMA, SCHEMA_WITHDRAWN);
        count = database.<Optional<Long>, RuntimeException>read(
                        connection -> Sql.first(connection, "select count(*) from token", row -> row.getLong(1)))
                .orElseThrow();
    }

    Known find(String device) {
        return database.read(connection -> find(connection, device));
    }

    private static Known find(Connection connection, String device) throws SQLException {
        return new Known(
                Sql.first(
                        connection,
                        "select issuer, form, issued, expires, status, policies, token from token where device = ?",
                        Tokens::kept,
                        device),
                Sql.first(
                        connection,
                        "select until from withdrawn where device = ?",
                        row -> Instant.ofEpochMilli(row.getLong(1)),
                        device));
    }

    private static Kept kept(ResultSet row) throws SQLException {
        return new Kept(
                row.getString(1),
                Ear.Form.valueOf(row.getString(2)),
                Instant.ofEpochMilli(row.getLong(3)),
                Instant.ofEpochMilli(row.getLong(4)),
                Ear.Status.valueOf(row.getString(5)),
                row.getString(6).isEmpty()
                        ? List.of()
                        : List.of(row.getString(6).split(SEPARATOR)),
                Opaque.of(row.getBytes(7)));
    }

    /** Keeps a token. @throws Fault if a newer one is there, or there is no room */
    void put(String device, Kept token) throws Fault {
        database.<Fault>change(connection -> {
            Optional<Kept> before = find(connection, device).kept();
            if (before.isPresent() && before.get().issued().isAfter(token.issued())) {
                throw new Fault(
                        Fault.Kind.OLDER,
                        "iat",
                        token.issued() + " is before that of the token that is kept, "
                                + before.get().issued(),
                        "nothing: the newer one counts");
            }
            if (before.isEmpty() && count >= DEVICES_MAX) {
                throw new Fault(
                        Fault.Kind.FULL,
                        "device",
                        DEVICES_MAX + " devices are kept, and no more",
                        "run a second one, and give each a share of the devices");
            }
            Sql.update(connection, "delete from token where device = ?", device);
            Sql.update(
                    connection,
                    "insert into token values(?, ?, ?, ?, ?, ?, ?, ?)",
                    device,
                    token.issuer(),
                    token.form(),
                    token.issued(),
                    token.expires(),
                    token.status(),
                    String.join(SEPARATOR, token.policies()),
                    token.token());
            if (before.isEmpty()) {
                database.afterCommit(this::countOne);
            }
        });
    }

    private synchronized void countOne() {
        count++;
    }

    /** Makes void what was issued until now, also what comes later. */
    void withdraw(String device, Instant until) {
        database.change(connection -> Sql.update(
                connection,
                "insert into withdrawn(device, until) values(?, ?) on conflict(device) do update set until = excluded.until",
                device,
                until));
    }

    @Override
    public void close() {
        database.close();
    }
}
