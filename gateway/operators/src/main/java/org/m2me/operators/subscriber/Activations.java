// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.subscriber;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.m2me.operators.store.Sql;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Activation;

/**
 * The activation service's books: what is entered for a device, or for all that have nothing of their own, and what each
 * device has. One count numbers all entries, so that what a device is told next always has a higher number.
 */
final class Activations {
    static final List<String> SCHEMA =
            List.of("""
            CREATE TABLE activation (
              device TEXT PRIMARY KEY,
              number BIGINT NOT NULL,
              terms BYTEA NOT NULL,
              at BIGINT NOT NULL)""", """
            CREATE TABLE activation_held (
              device TEXT PRIMARY KEY,
              held BIGINT NOT NULL,
              told BIGINT NOT NULL)""", "ALTER TABLE activation_held ADD COLUMN times BIGINT NOT NULL DEFAULT 0");

    /** An answer may be lost on the way; a device that has not taken it after so many does not want it. */
    static final int TOLD_MAX = 5;

    /** In place of a device. */
    private static final String ALL = "";

    /**
     * What was entered.
     *
     * @param terms absent when they were withdrawn
     * @param own whether for this device alone
     */
    record Entry(long number, Optional<Activation.Terms> terms, boolean own, Instant at) {}

    /** In place of terms when they were withdrawn: a CBOR map with nothing in it. */
    private static final byte[] NONE = {(byte) 0xa0};

    private Activations() {}

    /** In place of what was entered before for this device, or for all. @param terms absent: withdrawn */
    static void enter(Connection connection, Optional<Ueid> device, Optional<Activation.Terms> terms, Instant at)
            throws SQLException {
        long last = Sql.first(connection, "SELECT max(number) FROM activation", row -> row.getLong(1))
                .orElse(0L);
        Sql.update(
                connection,
                "INSERT INTO activation (device, number, terms, at) VALUES (?, ?, ?, ?) ON CONFLICT (device) DO UPDATE"
                        + " SET number = excluded.number, terms = excluded.terms, at = excluded.at",
                device.map(Ueid::hex).orElse(ALL),
                last + 1,
                terms.map(Activation.Terms::encode).orElse(NONE),
                at);
    }

    /** What a device is told; or all that have nothing of their own. */
    static Optional<Entry> of(Connection connection, Optional<Ueid> device) throws SQLException {
        return Sql.first(
                connection,
                "SELECT number, terms, device <> ?, at FROM activation WHERE device IN (?, ?)"
                        + " ORDER BY device DESC LIMIT 1", // its own before that for all, whose name is the least
                Activations::read,
                ALL,
                ALL,
                device.map(Ueid::hex).orElse(ALL));
    }

    private static Entry read(ResultSet row) throws SQLException {
        byte[] terms = row.getBytes(2);
        try {
            return new Entry(
                    row.getLong(1),
                    Arrays.equals(terms, NONE) ? Optional.empty() : Optional.of(Activation.Terms.decode(terms)),
                    row.getBoolean(3),
                    Instant.ofEpochMilli(row.getLong(4)));
        } catch (CborException damaged) {
            throw new IllegalStateException("activation does not decode: " + damaged.getMessage(), damaged);
        }
    }

    /** The device has asked. @param told number of what it is told now, if anything */
    static void asked(Connection connection, Ueid device, long held, Optional<Long> told) throws SQLException {
        Sql.update(
                connection,
                "INSERT INTO activation_held (device, held, told, times) VALUES (?, ?, ?, 1) ON CONFLICT (device) DO UPDATE"
                        + " SET held = excluded.held, told = excluded.told,"
                        + " times = CASE WHEN activation_held.told = excluded.told THEN activation_held.times + 1 ELSE 1 END",
                device,
                held,
                told.orElse(held));
    }

    /** The number that the device had when it asked last. */
    static long held(Connection connection, Ueid device) throws SQLException {
        return Sql.first(connection, "SELECT held FROM activation_held WHERE device = ?", row -> row.getLong(1), device)
                .orElse(0L);
    }

    /** Whether there is something that the device does not have, and was not told as often as makes sense. */
    static boolean waits(Connection connection, Ueid device) throws SQLException {
        Optional<Long> newest = Sql.first(
                connection,
                "SELECT number FROM activation WHERE device IN (?, ?) ORDER BY device DESC LIMIT 1",
                row -> row.getLong(1),
                ALL,
                device);
        long hasOrLeaves = Sql.first(
                        connection,
                        "SELECT CASE WHEN times < ? THEN held ELSE told END FROM activation_held WHERE device = ?",
                        row -> row.getLong(1),
                        TOLD_MAX,
                        device)
                .orElse(0L);
        return newest.filter(number -> number > hasOrLeaves).isPresent();
    }
}
