// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.m2me.operators.Iccid;
import org.m2me.operators.ImsiRange;
import org.m2me.operators.sho.profile.Subscription;
import org.m2me.operators.store.Sql;
import org.m2me.operators.store.Vault;
import org.m2me.protocol.aka.AkaAlgorithm;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.SqnArray;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Imsi;

/**
 * Subscriptions that nobody has yet: imported, made in advance, or made when needed, in this order. An IMSI of those that
 * are made here gets another K when it comes back, for the old one may have left for a device.
 */
final class SubscriptionPool {
    static final List<String> SCHEMA = List.of(
            "CREATE TABLE pool (imsi TEXT PRIMARY KEY, sealed_key BYTEA NOT NULL)",
            "CREATE TABLE pool_range (imsi_first TEXT PRIMARY KEY, used BIGINT NOT NULL)",
            ImportedSubscriptions.TABLE,
            "ALTER TABLE pool ADD COLUMN free_from BIGINT NOT NULL DEFAULT 0");

    /** A network where a subscriber was may report what it used for a day, and nobody else is to be charged for it. */
    static final Duration QUARANTINE = Duration.ofDays(1);

    private static final int K_LENGTH = 16;

    private final ShoSettings.Subscriptions settings;
    private final Vault vault;
    private final ImportedSubscriptions imported;
    private final SecureRandom random;

    SubscriptionPool(ShoSettings.Subscriptions settings, Vault vault, SecureRandom random) {
        this.settings = settings;
        this.vault = vault;
        this.imported = new ImportedSubscriptions(vault);
        this.random = random;
    }

    /** Takes one out: of those imported, of the pool, else a new one; empty when all are used up. The caller closes it. */
    Optional<Subscription> take(Connection connection, Instant now) throws SQLException {
        Optional<Subscription> ready = imported.take(connection);
        if (ready.isPresent()) {
            return ready;
        }
        Optional<Subscription> pooled = Sql.first(
                connection,
                "DELETE FROM pool WHERE imsi = (SELECT MIN(imsi) FROM pool WHERE free_from <= ?)"
                        + " RETURNING imsi, sealed_key",
                row -> {
                    Imsi imsi = new Imsi(row.getString(1));
                    return made(imsi, vault.openKey(row.getBytes(2), place(imsi)));
                },
                now);
        if (pooled.isPresent()) {
            return pooled;
        }
        return nextImsi(connection).map(imsi -> made(imsi, freshKey()));
    }

    private static Subscription made(Imsi imsi, AkaKey key) {
        return new Subscription(imsi, Iccid.of(imsi), key, SqnArray.fresh(SqnParameters.DEFAULT));
    }

    /** Opens one of those that are here. @throws StorageFailed if they were sealed with another role's key */
    static void checkKey(Connection connection, Vault vault) throws SQLException {
        Sql.first(connection, "SELECT imsi, sealed_key FROM pool LIMIT 1", row -> {
                    Imsi imsi = new Imsi(row.getString(1));
                    return vault.openKey(row.getBytes(2), place(imsi));
                })
                .ifPresent(AkaKey::close);
        new ImportedSubscriptions(vault).first(connection).ifPresent(Subscription::close);
    }

    /** Makes in advance what the settings ask for. */
    void fill(Connection connection, Instant now) throws SQLException {
        long missing = settings.pool()
                - Sql.first(connection, "SELECT COUNT(*) FROM pool WHERE free_from <= ?", row -> row.getLong(1), now)
                        .orElse(0L);
        for (long i = 0; i < missing; i++) {
            Optional<Imsi> next = nextImsi(connection);
            if (next.isEmpty()) {
                return;
            }
            put(connection, next.get(), now);
        }
    }

    /**
     * Takes an IMSI back, if it is one of the range; the DPF's own and imported ones are not given out again.
     *
     * @param from when it may be given out again
     */
    void giveBack(Connection connection, Imsi imsi, Instant from) throws SQLException {
        if (settings.imsis().contains(imsi) && !ImportedSubscriptions.has(connection, imsi)) {
            put(connection, imsi, from);
        }
    }

    private void put(Connection connection, Imsi imsi, Instant from) throws SQLException {
        try (AkaKey key = freshKey()) {
            Sql.update(
                    connection,
                    "INSERT INTO pool (imsi, sealed_key, free_from) VALUES (?, ?, ?)",
                    imsi,
                    vault.sealKey(key, place(imsi)),
                    from);
        }
    }

    private Optional<Imsi> nextImsi(Connection connection) throws SQLException {
        Optional<Imsi> next = nextOfRange(connection);
        while (next.isPresent() && ImportedSubscriptions.has(connection, next.get())) {
            next = nextOfRange(connection);
        }
        return next;
    }

    private Optional<Imsi> nextOfRange(Connection connection) throws SQLException {
        ImsiRange range = settings.imsis();
        long used = Sql.first(
                        connection,
                        "INSERT INTO pool_range (imsi_first, used) VALUES (?, 1)"
                                + " ON CONFLICT (imsi_first) DO UPDATE SET used = pool_range.used + 1 RETURNING used",
                        row -> row.getLong(1),
                        range.first())
                .orElseThrow();
        return used > range.count() ? Optional.empty() : Optional.of(range.at(used - 1));
    }

    private AkaKey freshKey() {
        AkaAlgorithm algorithm = settings.algorithm();
        SecretBytes k = SecretBytes.random(K_LENGTH, random);
        if (settings.op().isPresent()) {
            return AkaKey.ofOperatorConstant(algorithm, k, settings.op().get());
        }
        return new AkaKey(algorithm, k, SecretBytes.random(algorithm.opcLength(), random));
    }

    private static String place(Imsi imsi) {
        return "subscription " + imsi;
    }
}
