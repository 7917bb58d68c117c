// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.regulator;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.m2me.operators.store.Sql;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;

/** Which devices may change to which operator. When consent was given and withdrawn is in the record. */
final class Consents {
    static final List<String> SCHEMA = List.of("""
            CREATE TABLE consent (
              operator TEXT NOT NULL,
              device TEXT NOT NULL,
              PRIMARY KEY (operator, device))""");

    private Consents() {}

    /** Whether that is new. */
    static boolean give(Connection connection, Plmn operator, Ueid device) throws SQLException {
        return Sql.update(
                        connection,
                        "INSERT INTO consent (operator, device) VALUES (?, ?) ON CONFLICT DO NOTHING",
                        operator,
                        device)
                == 1;
    }

    /** Whether there was one. */
    static boolean withdraw(Connection connection, Plmn operator, Ueid device) throws SQLException {
        return Sql.update(connection, "DELETE FROM consent WHERE operator = ? AND device = ?", operator, device) == 1;
    }

    static boolean has(Connection connection, Plmn operator, Ueid device) throws SQLException {
        return Sql.first(
                        connection,
                        "SELECT 1 FROM consent WHERE operator = ? AND device = ?",
                        row -> true,
                        operator,
                        device)
                .isPresent();
    }

    static List<Ueid> of(Connection connection, Plmn operator, Optional<Ueid> after, int max) throws SQLException {
        return Sql.all(
                connection,
                "SELECT device FROM consent WHERE operator = ? AND device > ? ORDER BY device LIMIT ?",
                row -> Ueid.hex(row.getString(1)),
                operator,
                after.map(Ueid::hex).orElse(""),
                max);
    }
}
