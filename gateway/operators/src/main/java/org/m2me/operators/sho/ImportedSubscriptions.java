// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.LongStream;
import org.m2me.operators.sho.profile.Subscription;
import org.m2me.operators.store.Sql;
import org.m2me.operators.store.Vault;
import org.m2me.protocol.aka.SqnArray;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.identity.Imsi;

/**
 * Subscriptions that were made elsewhere. Each is given out once: its K may have left for a device, and with another it
 * would not be the one that was ordered. Its numbers stay, so that they are known again.
 */
final class ImportedSubscriptions {
    static final String TABLE = """
            CREATE TABLE imported (
              imsi TEXT PRIMARY KEY,
              iccid TEXT NOT NULL UNIQUE,
              sealed_key BYTEA,
              ind_bits INTEGER NOT NULL,
              delta BIGINT NOT NULL,
              age_limit BIGINT NOT NULL,
              seq BYTEA NOT NULL)""";

    private final Vault vault;

    ImportedSubscriptions(Vault vault) {
        this.vault = vault;
    }

    void add(Connection connection, Subscription subscription) throws SQLException {
        SqnParameters parameters = subscription.sqn().parameters();
        ByteBuffer seq = ByteBuffer.allocate(Long.BYTES * subscription.sqn().values().length);
        Arrays.stream(subscription.sqn().values()).forEach(seq::putLong);
        Sql.update(
                connection,
                "INSERT INTO imported (imsi, iccid, sealed_key, ind_bits, delta, age_limit, seq)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?)",
                subscription.imsi(),
                subscription.iccid(),
                vault.sealKey(subscription.key(), place(subscription.imsi())),
                parameters.indBits(),
                parameters.delta(),
                parameters.ageLimit(),
                seq.array());
    }

    /** Takes one out; the caller closes it. */
    Optional<Subscription> take(Connection connection) throws SQLException {
        Optional<Subscription> first = first(connection);
        if (first.isPresent()) {
            Sql.update(
                    connection,
                    "UPDATE imported SET sealed_key = NULL WHERE imsi = ?",
                    first.get().imsi());
        }
        return first;
    }

    /** The next to be taken, left where it is; the caller closes it. */
    Optional<Subscription> first(Connection connection) throws SQLException {
        return Sql.first(
                connection,
                "SELECT imsi, iccid, sealed_key, ind_bits, delta, age_limit, seq FROM imported"
                        + " WHERE sealed_key IS NOT NULL ORDER BY imsi LIMIT 1",
                this::read);
    }

    private Subscription read(ResultSet row) throws SQLException {
        Imsi imsi = new Imsi(row.getString(1));
        SqnParameters parameters = new SqnParameters(row.getInt(4), row.getLong(5), row.getLong(6));
        ByteBuffer seq = ByteBuffer.wrap(row.getBytes(7));
        long[] values = LongStream.generate(seq::getLong)
                .limit(1L << parameters.indBits())
                .toArray();
        return new Subscription(
                imsi, row.getString(2), vault.openKey(row.getBytes(3), place(imsi)), SqnArray.of(parameters, values));
    }

    /** Whether it was imported, and be it long ago. */
    static boolean has(Connection connection, Imsi imsi) throws SQLException {
        return Sql.first(connection, "SELECT 1 FROM imported WHERE imsi = ?", row -> true, imsi)
                .isPresent();
    }

    /** Which one has this ICCID. */
    static Optional<Imsi> of(Connection connection, String iccid) throws SQLException {
        return Sql.first(
                connection, "SELECT imsi FROM imported WHERE iccid = ?", row -> new Imsi(row.getString(1)), iccid);
    }

    private static String place(Imsi imsi) {
        return "imported " + imsi;
    }
}
