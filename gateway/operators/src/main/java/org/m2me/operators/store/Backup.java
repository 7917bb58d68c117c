// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Copies a database while a role works on it: the copy holds what was committed when it began. */
public final class Backup {
    private Backup() {}

    /**
     * Writes a copy that a role can be started on.
     *
     * @param into does not exist yet
     * @throws StorageFailed if there is no database, or the disk is full; then there is no copy
     */
    public static void write(Path database, Path into) throws IOException {
        Sqlite sqlite = Sqlite.file(database);
        try (Connection connection = sqlite.writer();
                PreparedStatement copy = connection.prepareStatement("VACUUM INTO ?")) {
            copy.setString(1, into.toAbsolutePath().toString());
            copy.execute();
        } catch (SQLException fault) {
            Files.deleteIfExists(into);
            throw sqlite.failed(fault);
        }
    }
}
