// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.m2me.operators.Count;
import org.m2me.operators.Ivf;
import org.m2me.operators.Sho.ValidationCounts;
import org.m2me.operators.store.Sql;

/** How often the PVA and the IVF were needed: counted in the transaction that decides, so that nothing counts twice. */
final class Tallies {
    static final List<String> SCHEMA =
            List.of("CREATE TABLE tally (kind TEXT NOT NULL, name TEXT NOT NULL, number BIGINT NOT NULL,"
                    + " PRIMARY KEY (kind, name))");

    private static final String VALIDATION = "validation";
    private static final String ANSWER = "answer";
    private static final String FALL_BACK = "fall-back";

    private Tallies() {}

    /** The PVA is asked to validate. */
    static void validation(Connection connection) throws SQLException {
        add(connection, VALIDATION, "");
    }

    static void answer(Connection connection, Ivf.Standing standing) throws SQLException {
        add(connection, ANSWER, standing.name());
    }

    static void fallBack(Connection connection, String why) throws SQLException {
        add(connection, FALL_BACK, why);
    }

    private static void add(Connection connection, String kind, String name) throws SQLException {
        Sql.update(
                connection,
                "INSERT INTO tally (kind, name, number) VALUES (?, ?, 1)"
                        + " ON CONFLICT (kind, name) DO UPDATE SET number = tally.number + 1",
                kind,
                name);
    }

    static ValidationCounts read(Connection connection) throws SQLException {
        return new ValidationCounts(
                read(connection, VALIDATION).stream().mapToLong(Count::number).sum(),
                read(connection, ANSWER),
                read(connection, FALL_BACK));
    }

    private static List<Count> read(Connection connection, String kind) throws SQLException {
        return Sql.all(
                connection,
                "SELECT name, number FROM tally WHERE kind = ? ORDER BY name",
                row -> new Count(row.getString(1), row.getLong(2)),
                kind);
    }
}
