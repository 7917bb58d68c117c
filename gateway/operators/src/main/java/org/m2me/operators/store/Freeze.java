// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.store;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

/** Keeps everybody else from writing to a database until it is closed; reading goes on. */
public final class Freeze implements AutoCloseable {
    private final Sqlite sqlite;
    private final Connection connection;

    private Freeze(Sqlite sqlite, Connection connection) {
        this.sqlite = sqlite;
        this.connection = connection;
    }

    /** Takes the right to write. @throws StorageFailed if somebody else has it for longer than 2 s */
    public static Freeze of(Path database) throws IOException {
        Sqlite sqlite = Sqlite.file(database);
        try {
            Connection connection = sqlite.writer();
            try {
                Sqlite.beginWrite(connection);
                return new Freeze(sqlite, connection);
            } catch (SQLException busy) {
                connection.close();
                throw busy;
            }
        } catch (SQLException fault) {
            throw sqlite.failed(fault);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException fault) {
            throw sqlite.failed(fault);
        }
    }
}
