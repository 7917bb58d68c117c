// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.store;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One role's database: SQLite in WAL mode with full synchronisation. A transaction is durable when {@code transact}
 * returns. One dialect that PostgreSQL also speaks: {@code ON CONFLICT}, {@code RETURNING}, times as epoch milliseconds.
 */
public final class Database implements AutoCloseable {
    /** Work within one transaction, with a result. Closes the statements that it opens; never commits or rolls back. */
    @FunctionalInterface
    public interface Work<T, X extends Exception> {
        T run(Connection connection) throws SQLException, X;
    }

    /** Work within one transaction, without a result. */
    @FunctionalInterface
    public interface Change<X extends Exception> {
        void run(Connection connection) throws SQLException, X;
    }

    /** Readers at once. A read holds its connection for well under a millisecond; more would only wait for two cores. */
    private static final int READERS_MAX = 4;

    /** Longest wait for one's turn: some hundred commits on a slow disk. Who waits longer is better told so. */
    private static final Duration TURN_WAIT = Duration.ofSeconds(20);

    private final Sqlite sqlite;
    private final ReentrantLock turn = new ReentrantLock(true);
    private final Semaphore readersFree = new Semaphore(READERS_MAX, true);
    private final Deque<Connection> readers = new ArrayDeque<>();
    private final List<Runnable> afterCommit = new ArrayList<>();
    private Connection writer;
    private volatile boolean closed;

    private Database(Sqlite sqlite, Connection writer) {
        this.sqlite = sqlite;
        this.writer = writer;
    }

    /**
     * Opens or creates the file, mode 0600, and applies the statements that it has not seen yet, in their order.
     *
     * @throws StorageFailed if that is not possible
     */
    public static Database open(Path file, String... schema) {
        Sqlite sqlite;
        try {
            sqlite = Sqlite.file(file);
        } catch (IOException impossible) {
            throw new StorageFailed("database " + file + ": cannot be made: " + impossible, impossible);
        }
        Database database;
        try {
            database = new Database(sqlite, sqlite.writer());
        } catch (SQLException impossible) {
            throw sqlite.failed(impossible);
        }
        try {
            database.change(connection -> Schema.apply(connection, schema));
            return database;
        } catch (RuntimeException impossible) {
            database.close();
            throw impossible;
        }
    }

    /**
     * Runs work in a transaction: committed when it returns, rolled back when it throws. Writers take turns, in the order
     * they came.
     *
     * @throws StorageFailed if the database cannot do it; nothing was kept
     */
    public <T, X extends Exception> T transact(Work<T, X> work) throws X {
        takeTurn();
        T result;
        List<Runnable> next;
        try {
            result = inTransaction(work);
            next = List.copyOf(afterCommit);
        } finally {
            afterCommit.clear();
            turn.unlock();
        }
        next.forEach(Runnable::run);
        return result;
    }

    /** Runs work that has no result in a transaction. @throws StorageFailed like {@link #transact} */
    public <X extends Exception> void change(Change<X> change) throws X {
        boolean unused = transact((Work<Boolean, X>) connection -> {
            change.run(connection);
            return true;
        });
    }

    /**
     * Runs a read in a consistent view: what was committed when it began.
     *
     * @throws StorageFailed if the database cannot do it
     */
    public <T, X extends Exception> T read(Work<T, X> work) throws X {
        Connection connection = takeReader();
        try {
            Sqlite.beginRead(connection);
            return work.run(connection);
        } catch (SQLException fault) {
            throw sqlite.failed(fault);
        } finally {
            giveBack(connection);
        }
    }

    /** Within a transaction: what the same thread does once it is committed, and not if it is rolled back. */
    public void afterCommit(Runnable action) {
        if (!turn.isHeldByCurrentThread()) {
            throw new IllegalStateException("not within a transaction of this database");
        }
        afterCommit.add(action);
    }

    private <T, X extends Exception> T inTransaction(Work<T, X> work) throws X {
        boolean done = false;
        try {
            Sqlite.beginWrite(writer);
            T result = work.run(writer);
            Sqlite.commit(writer);
            done = true;
            return result;
        } catch (SQLException fault) {
            throw sqlite.failed(fault);
        } finally {
            if (!done) {
                rollBack();
            }
        }
    }

    /** SQLite may have rolled back by itself, on a full disk for instance; a fresh connection is clean for certain. */
    private void rollBack() {
        try {
            Sqlite.rollBack(writer);
        } catch (SQLException unclear) {
            quietlyClose(writer);
            try {
                writer = sqlite.writer();
            } catch (SQLException impossible) {
                throw sqlite.failed(impossible);
            }
        }
    }

    private void takeTurn() {
        if (turn.isHeldByCurrentThread()) {
            throw new IllegalStateException("a transaction within a transaction: the inner one would commit the outer");
        }
        boolean mine;
        try {
            mine = turn.tryLock(TURN_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException stop) {
            throw interrupted();
        }
        if (!mine) {
            throw sqlite.failed("no turn to write within " + TURN_WAIT.toSeconds() + " s");
        }
        if (closed) {
            turn.unlock();
            throw sqlite.failed("closed");
        }
    }

    private Connection takeReader() {
        boolean mine;
        try {
            mine = readersFree.tryAcquire(TURN_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException stop) {
            throw interrupted();
        }
        if (!mine) {
            throw sqlite.failed("no turn to read within " + TURN_WAIT.toSeconds() + " s");
        }
        boolean taken = false;
        try {
            Connection connection = idleReader();
            taken = true;
            return connection;
        } catch (SQLException impossible) {
            throw sqlite.failed(impossible);
        } finally {
            if (!taken) {
                readersFree.release();
            }
        }
    }

    private StorageFailed interrupted() {
        Thread.currentThread().interrupt();
        return sqlite.failed("interrupted while it waited for its turn");
    }

    private Connection idleReader() throws SQLException {
        synchronized (readers) {
            if (closed) {
                throw sqlite.failed("closed");
            }
            Connection idle = readers.poll();
            if (idle != null) {
                return idle;
            }
        }
        return sqlite.reader();
    }

    private void giveBack(Connection connection) {
        boolean clean = false;
        try {
            Sqlite.rollBack(connection); // ends the view
            clean = true;
        } catch (SQLException unclear) {
            // A connection that cannot end its view is not used again.
        }
        synchronized (readers) {
            if (clean && !closed) {
                readers.push(connection);
            } else {
                quietlyClose(connection);
            }
        }
        readersFree.release();
    }

    private static void quietlyClose(Connection connection) {
        try {
            connection.close();
        } catch (SQLException ignored) {
            // Nothing is owed any more: what was committed is durable.
        }
    }

    /** Waits for the transaction that runs, if one does. */
    @Override
    public void close() {
        turn.lock();
        try {
            synchronized (readers) {
                if (closed) {
                    return;
                }
                closed = true;
                readers.forEach(Database::quietlyClose);
                readers.clear();
            }
            quietlyClose(writer);
        } finally {
            turn.unlock();
        }
    }
}
