// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * One role's database: SQLite in WAL mode with full synchronisation. A transaction is durable when {@code transact}
 * returns. One dialect that PostgreSQL also speaks: {@code ON CONFLICT}, {@code RETURNING}, times as epoch milliseconds.
 */
public final class Database implements AutoCloseable {
    /** Work within one transaction. */
    @FunctionalInterface
    public interface Work<T, X extends Exception> {
        T run(Connection connection) throws SQLException, X;
    }

    private Database() {}

    /** Opens or creates the file, mode 0600, and applies the statements that it has not seen yet. */
    public static Database open(Path file, String... schema) {
        throw new UnsupportedOperationException();
    }

    /** Runs work in a transaction: committed when it returns, rolled back when it throws. Writers take turns. */
    public <T, X extends Exception> T transact(Work<T, X> work) throws X {
        throw new UnsupportedOperationException();
    }

    /** Runs a read in a consistent view. */
    public <T, X extends Exception> T read(Work<T, X> work) throws X {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
