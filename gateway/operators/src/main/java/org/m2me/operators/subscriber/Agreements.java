// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.subscriber;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.m2me.operators.store.Sql;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.step.Procedure;

/** Which operator may have which device change to it, one at most; until the device has changed. */
final class Agreements {
    static final List<String> SCHEMA = List.of("""
            CREATE TABLE agreement (
              device TEXT PRIMARY KEY,
              operator TEXT NOT NULL,
              procedure TEXT NOT NULL)""");

    private Agreements() {}

    static void keep(Connection connection, Ueid device, Plmn operator, Procedure procedure) throws SQLException {
        Sql.update(
                connection,
                "INSERT INTO agreement (device, operator, procedure) VALUES (?, ?, ?) ON CONFLICT (device) DO UPDATE SET"
                        + " operator = excluded.operator, procedure = excluded.procedure",
                device,
                operator,
                procedure);
    }

    static boolean has(Connection connection, Ueid device, Plmn operator, Procedure procedure) throws SQLException {
        return Sql.first(
                        connection,
                        "SELECT 1 FROM agreement WHERE device = ? AND operator = ? AND procedure = ?",
                        row -> row.getInt(1),
                        device,
                        operator,
                        procedure)
                .isPresent();
    }

    static void end(Connection connection, Ueid device) throws SQLException {
        Sql.update(connection, "DELETE FROM agreement WHERE device = ?", device);
    }
}
