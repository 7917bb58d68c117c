// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.regulator;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.m2me.operators.Country;
import org.m2me.operators.Regulator.Effect;
import org.m2me.operators.Regulator.Rule;
import org.m2me.operators.store.Sql;
import org.m2me.protocol.identity.Plmn;

/** The rules. One that was removed stays known by name, so that the settings do not bring it back at the next start. */
final class Rules {
    static final List<String> SCHEMA = List.of("""
            CREATE TABLE rule (
              name TEXT PRIMARY KEY,
              operator TEXT,
              country TEXT,
              effect TEXT NOT NULL,
              stands BIGINT NOT NULL)""");

    /** All of them are looked at for each authorisation, and fit in one answer; more than these nobody oversees. */
    static final int MAX = 500;

    private static final String SELECT = "SELECT name, operator, country, effect FROM rule ";

    private Rules() {}

    static void put(Connection connection, Rule rule) throws SQLException {
        Sql.update(
                connection,
                "INSERT INTO rule (name, operator, country, effect, stands) VALUES (?, ?, ?, ?, 1)"
                        + " ON CONFLICT (name) DO UPDATE SET operator = excluded.operator, country = excluded.country,"
                        + " effect = excluded.effect, stands = 1",
                rule.name(),
                rule.operator(),
                rule.country().map(Country::mcc),
                rule.effect());
    }

    static Optional<Rule> find(Connection connection, String name) throws SQLException {
        return Sql.first(connection, SELECT + "WHERE name = ? AND stands = 1", Rules::read, name);
    }

    /** Whether there is or was one of this name. */
    static boolean isKnown(Connection connection, String name) throws SQLException {
        return Sql.first(connection, SELECT + "WHERE name = ?", Rules::read, name)
                .isPresent();
    }

    static List<Rule> standing(Connection connection) throws SQLException {
        return Sql.all(connection, SELECT + "WHERE stands = 1 ORDER BY name", Rules::read);
    }

    static void remove(Connection connection, String name) throws SQLException {
        Sql.update(connection, "UPDATE rule SET stands = 0 WHERE name = ?", name);
    }

    private static Rule read(ResultSet row) throws SQLException {
        return new Rule(
                row.getString(1),
                Optional.ofNullable(row.getString(2)).map(Plmn::parse),
                Optional.ofNullable(row.getString(3)).map(Country::new),
                Effect.valueOf(row.getString(4)));
    }
}
