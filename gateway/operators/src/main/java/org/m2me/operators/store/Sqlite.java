// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;

/** What is particular to SQLite: the file, how a connection is set up, what its error codes mean. */
final class Sqlite {
    /** Another process holds the file, an administrator's shell for instance: longer than any sane statement of its. */
    private static final Duration BUSY_TIMEOUT = Duration.ofSeconds(2);

    private final Path file;

    private Sqlite(Path file) {
        this.file = file;
    }

    /** The file, made with mode 0600 if it is not there; SQLite gives its side files the same mode. */
    static Sqlite file(Path file) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null && !Files.exists(directory)) {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        var ownerOnly = PosixFilePermissions.fromString("rw-------");
        if (Files.exists(file)) {
            Files.setPosixFilePermissions(file, ownerOnly);
        } else {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(ownerOnly));
        }
        return new Sqlite(file);
    }

    Connection writer() throws SQLException {
        return common().createConnection("jdbc:sqlite:" + file.toAbsolutePath());
    }

    Connection reader() throws SQLException {
        Connection connection = writer();
        execute(connection, "PRAGMA query_only = ON");
        return connection;
    }

    /** Takes the right to write at once, so as not to find out half-way that another process has it. */
    static void beginWrite(Connection connection) throws SQLException {
        execute(connection, "BEGIN IMMEDIATE");
    }

    /** The view is taken by the first read. */
    static void beginRead(Connection connection) throws SQLException {
        execute(connection, "BEGIN");
    }

    static void commit(Connection connection) throws SQLException {
        execute(connection, "COMMIT");
    }

    static void rollBack(Connection connection) throws SQLException {
        execute(connection, "ROLLBACK");
    }

    /**
     * Transactions are begun and ended by statements: the driver's own {@code commit} begins the next one in the same
     * breath, and so keeps the right to write while nothing is written.
     */
    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static SQLiteConfig common() {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL); // a commit survives a power cut
        config.setBusyTimeout((int) BUSY_TIMEOUT.toMillis());
        config.setPragma(SQLiteConfig.Pragma.SECURE_DELETE, "true"); // keys that were deleted leave the file
        config.setTempStore(SQLiteConfig.TempStore.MEMORY); // nothing of a query in a directory for everybody
        config.enforceForeignKeys(true);
        return config;
    }

    StorageFailed failed(String reason) {
        return new StorageFailed("database " + file + ": " + reason, null);
    }

    StorageFailed failed(SQLException why) {
        String reason = switch (SQLiteErrorCode.getErrorCode(why.getErrorCode() & 0xFF)) {
            case SQLITE_FULL -> "the disk is full";
            case SQLITE_BUSY, SQLITE_LOCKED -> "another process has locked it for " + BUSY_TIMEOUT.toSeconds() + " s";
            case SQLITE_READONLY, SQLITE_PERM, SQLITE_CANTOPEN -> "the file may not be written";
            case SQLITE_CORRUPT, SQLITE_NOTADB -> "the file is damaged";
            case SQLITE_IOERR -> "the disk reports an error";
            default -> "statement failed";
        };
        return new StorageFailed("database " + file + ": " + reason + ": " + why.getMessage(), why);
    }
}
