// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.m2me.operators.Sho;
import org.m2me.operators.store.Sql;
import org.m2me.operators.store.Vault;
import org.m2me.protocol.identity.Ueid;

/** The contracts with subscribers. Owner tokens are sealed: who has one may provision that device. */
final class Contracts {
    static final List<String> SCHEMA = List.of("""
            CREATE TABLE contract (
              device TEXT PRIMARY KEY,
              subscriber TEXT NOT NULL,
              sealed_owner_token BYTEA NOT NULL,
              announced BIGINT NOT NULL)""", "ALTER TABLE contract ADD COLUMN at BIGINT NOT NULL DEFAULT 0");

    static final int OWNER_TOKEN_LENGTH = 16;

    private final Vault vault;

    Contracts(Vault vault) {
        this.vault = vault;
    }

    Optional<Sho.Contract> find(Connection connection, Ueid device) throws SQLException {
        return Sql.first(
                connection,
                "SELECT subscriber, sealed_owner_token FROM contract WHERE device = ?",
                row -> new Sho.Contract(device, row.getString(1), vault.openToken(row.getBytes(2), device)),
                device);
    }

    /** Keeps a contract, as one of which the DRF is going to be told. @param at when it was handed over */
    void keep(Connection connection, Sho.Contract contract, Instant at) throws SQLException {
        Sql.update(
                connection,
                "INSERT INTO contract (device, subscriber, sealed_owner_token, announced, at) VALUES (?, ?, ?, 1, ?)"
                        + " ON CONFLICT (device) DO UPDATE SET"
                        + " sealed_owner_token = excluded.sealed_owner_token, announced = 1, at = excluded.at",
                contract.device(),
                contract.subscriber(),
                vault.sealToken(contract.ownerToken(), contract.device()),
                at);
    }

    /** The device has left: its contract is over, unless that was handed over again since then. */
    static void end(Connection connection, Ueid device, Instant registered) throws SQLException {
        Sql.update(connection, "DELETE FROM contract WHERE device = ? AND at <= ?", device, registered);
    }

    /** The subscriber ends the contract. */
    static void end(Connection connection, Ueid device) throws SQLException {
        Sql.update(connection, "DELETE FROM contract WHERE device = ?", device);
    }

    /** Whether the DRF was told of this contract, or still is going to be. */
    static boolean isAnnounced(Connection connection, Ueid device) throws SQLException {
        return Sql.first(connection, "SELECT announced FROM contract WHERE device = ?", row -> row.getLong(1), device)
                .filter(announced -> announced == 1)
                .isPresent();
    }

    /** The DRF did not take it: the subscriber may ask again. */
    static void notAnnounced(Connection connection, Ueid device) throws SQLException {
        Sql.update(connection, "UPDATE contract SET announced = 0 WHERE device = ?", device);
    }
}
