// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.gsup;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.m2me.operators.store.Database;
import org.m2me.protocol.identity.Imsi;

/** Where subscribers are: the serving node that updated the location last. Kept over restarts, so that it can be told. */
final class Locations implements AutoCloseable {
    private static final String SCHEMA = "CREATE TABLE gsup_location (imsi TEXT PRIMARY KEY, node TEXT NOT NULL)";

    private final Database database;

    /** A subscriber at a node. */
    record Place(Imsi imsi, String node) {}

    private Locations(Database database) {
        this.database = database;
    }

    /** In {@code gsup.db} of this directory. */
    static Locations open(Path directory) {
        return new Locations(Database.open(directory.resolve("gsup.db"), SCHEMA));
    }

    /** The subscriber is there now. Returns where it was, if that was elsewhere. */
    Optional<String> move(Imsi imsi, String node) {
        return database.transact((Connection connection) -> {
            Optional<String> before = find(connection, imsi);
            try (PreparedStatement upsert = connection.prepareStatement(
                    "INSERT INTO gsup_location VALUES (?, ?) ON CONFLICT (imsi) DO UPDATE SET node = excluded.node")) {
                upsert.setString(1, imsi.digits());
                upsert.setString(2, node);
                upsert.executeUpdate();
            }
            return before.filter(elsewhere -> !elsewhere.equals(node));
        });
    }

    /** The subscriber is not there any more, if it was. */
    void leave(Imsi imsi, String node) {
        database.change((Connection connection) -> {
            try (PreparedStatement delete =
                    connection.prepareStatement("DELETE FROM gsup_location WHERE imsi = ? AND node = ?")) {
                delete.setString(1, imsi.digits());
                delete.setString(2, node);
                delete.executeUpdate();
            }
        });
    }

    /** Where the subscriber is. */
    Optional<String> find(Imsi imsi) {
        return database.read((Connection connection) -> find(connection, imsi));
    }

    private static Optional<String> find(Connection connection, Imsi imsi) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT node FROM gsup_location WHERE imsi = ?")) {
            select.setString(1, imsi.digits());
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
            }
        }
    }

    /** The next subscribers in the order of their IMSIs, a page at a time. */
    List<Place> after(String imsi, int count) {
        return database.read((Connection connection) -> {
            try (PreparedStatement select = connection.prepareStatement(
                    "SELECT imsi, node FROM gsup_location WHERE imsi > ? ORDER BY imsi LIMIT ?")) {
                select.setString(1, imsi);
                select.setInt(2, count);
                List<Place> found = new ArrayList<>();
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        found.add(new Place(new Imsi(row.getString(1)), row.getString(2)));
                    }
                }
                return found;
            }
        });
    }

    @Override
    public void close() {
        database.close();
    }
}
