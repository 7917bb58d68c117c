// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import java.sql.Connection;
import java.sql.SQLException;
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
              announced BIGINT NOT NULL)""");

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

    /** Keeps a contract, as one of which the DRF is going to be told. */
    void keep(Connection connection, Sho.Contract contract) throws SQLException {
        Sql.update(
                connection,
                "INSERT INTO contract (device, subscriber, sealed_owner_token, announced) VALUES (?, ?, ?, 1)"
                        + " ON CONFLICT (device) DO UPDATE SET"
                        + " sealed_owner_token = excluded.sealed_owner_token, announced = 1",
                contract.device(),
                contract.subscriber(),
                vault.sealToken(contract.ownerToken(), contract.device()));
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
