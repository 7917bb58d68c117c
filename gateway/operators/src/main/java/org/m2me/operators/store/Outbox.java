// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Map;

/**
 * Work that a role owes others: written in the transaction that decided it, done by a worker, repeated with backoff
 * until it is done or given up. So a role that is killed between deciding and telling still tells.
 */
public final class Outbox implements AutoCloseable {
    /** Does one kind of work. Throws {@code Refused} to end it for good, {@code Unavailable} to have it repeated. */
    @FunctionalInterface
    public interface Handler {
        void handle(String key, byte[] body) throws Exception;
    }

    /** What happened to work that was refused or tried too often; runs in its own transaction. */
    @FunctionalInterface
    public interface OnGivenUp {
        void givenUp(String kind, String key, byte[] body, Exception why);
    }

    private Outbox() {}

    /** Schema statements for {@link Database#open}. */
    public static final String SCHEMA = "";

    /** Starts the worker. @param handlers by kind */
    public static Outbox start(Database database, Clock clock, Map<String, Handler> handlers, OnGivenUp onGivenUp) {
        throw new UnsupportedOperationException();
    }

    /** Adds work within a transaction; a kind and key that is there already is left as it is. */
    public void add(Connection connection, String kind, String key, byte[] body) throws SQLException {
        throw new UnsupportedOperationException();
    }

    /** Wakes the worker: to be called after the transaction. */
    public void wake() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
