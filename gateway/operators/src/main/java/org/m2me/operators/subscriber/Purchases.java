// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.subscriber;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.m2me.operators.Subscriber.Purchase;
import org.m2me.operators.store.Sql;
import org.m2me.operators.store.Vault;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;

/** The devices bought, and the operator that each is with. Owners' secrets are sealed. */
final class Purchases {
    static final List<String> SCHEMA = List.of("""
            CREATE TABLE purchase (
              device TEXT PRIMARY KEY,
              pcid TEXT NOT NULL,
              sealed_owner_token BYTEA NOT NULL,
              deposit_form BYTEA,
              operator TEXT NOT NULL,
              given_up BIGINT NOT NULL)""", "ALTER TABLE purchase ADD COLUMN kept TEXT");

    /**
     * A purchase with its choice.
     *
     * @param operator whose subscription it uses
     * @param kept whose it has on board besides, if it has
     * @param givenUp whether something owed for it was refused: then it may be chosen again
     */
    record Chosen(Purchase purchase, Plmn operator, Optional<Plmn> kept, boolean givenUp) {}

    private final Vault vault;

    Purchases(Vault vault) {
        this.vault = vault;
    }

    Optional<Chosen> find(Connection connection, Ueid device) throws SQLException {
        return Sql.first(
                connection,
                "SELECT pcid, sealed_owner_token, deposit_form, operator, given_up, kept FROM purchase WHERE device = ?",
                row -> read(device, row),
                device);
    }

    static boolean has(Connection connection, Ueid device) throws SQLException {
        return Sql.first(connection, "SELECT 1 FROM purchase WHERE device = ?", row -> row.getLong(1), device)
                .isPresent();
    }

    void keep(Connection connection, Purchase purchase, Plmn operator) throws SQLException {
        Sql.update(
                connection,
                "INSERT INTO purchase (device, pcid, sealed_owner_token, deposit_form, operator, given_up)"
                        + " VALUES (?, ?, ?, ?, ?, 0) ON CONFLICT (device) DO UPDATE SET"
                        + " operator = excluded.operator, given_up = 0",
                purchase.device(),
                purchase.pcid(),
                vault.sealToken(purchase.ownerToken(), purchase.device()),
                purchase.depositForm(),
                operator);
    }

    /** The device uses this operator's subscription now, and has that of the other besides. */
    static void move(Connection connection, Ueid device, Plmn operator, Optional<Plmn> kept) throws SQLException {
        Sql.update(connection, "UPDATE purchase SET operator = ?, kept = ? WHERE device = ?", operator, kept, device);
    }

    static void giveUp(Connection connection, Ueid device) throws SQLException {
        Sql.update(connection, "UPDATE purchase SET given_up = 1 WHERE device = ?", device);
    }

    private Chosen read(Ueid device, ResultSet row) throws SQLException {
        Purchase purchase = new Purchase(
                device,
                Pcid.of(row.getString(1)),
                vault.openToken(row.getBytes(2), device),
                Optional.ofNullable(row.getBytes(3)).map(Opaque::of));
        Optional<Plmn> kept = Optional.ofNullable(row.getString(6)).map(Plmn::parse);
        return new Chosen(purchase, Plmn.parse(row.getString(4)), kept, row.getLong(5) == 1);
    }
}
