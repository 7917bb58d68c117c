// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ro.drf;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.m2me.operators.Drf;
import org.m2me.operators.store.Sql;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;

/** Which operator a device is sent to: the one that waits for it, else the one to which it subscribes. */
final class Discovery {
    static final List<String> SCHEMA = List.of(
            "CREATE TABLE expectation (device TEXT PRIMARY KEY, operator TEXT NOT NULL, certificate BYTEA NOT NULL)",
            "ALTER TABLE expectation ADD COLUMN state TEXT NOT NULL DEFAULT 'AWAITED'",
            "ALTER TABLE expectation ADD COLUMN operator_before TEXT",
            "ALTER TABLE expectation ADD COLUMN certificate_before BYTEA");

    /** How far a device and the operator it is sent to have come. */
    private enum State {
        /** The operator waits. */
        AWAITED,
        /** The device has registered with it. */
        MET,
        /** The device subscribes to it. */
        SUBSCRIBED
    }

    private Discovery() {}

    /**
     * An operator waits for the device: from now on it is sent there. Who had it before is remembered until it subscribes
     * to the new one, for nothing may come of that.
     */
    static void expect(Connection connection, Drf.Expectation expectation) throws SQLException {
        Ueid device = expectation.device();
        Optional<Drf.Expectation> known = before(connection, device);
        Optional<Drf.Expectation> before = (known.isPresent() ? known : of(connection, device))
                .filter(other -> !other.operator().equals(expectation.operator()));
        keep(connection, expectation, State.AWAITED);
        if (before.isPresent()) {
            Sql.update(
                    connection,
                    "UPDATE expectation SET operator_before = ?, certificate_before = ? WHERE device = ?",
                    before.get().operator(),
                    before.get().certificate(),
                    device);
        }
    }

    /** An operator waits no more: it is as if it had not. */
    static void withdrawn(Connection connection, Ueid device, Plmn operator) throws SQLException {
        boolean isSentThere = of(connection, device)
                .filter(one -> one.operator().equals(operator))
                .isPresent();
        Optional<Drf.Expectation> before = before(connection, device);
        if (isSentThere && before.isPresent()) {
            keep(connection, before.get(), State.MET);
        } else if (isSentThere) {
            Sql.update(connection, "DELETE FROM expectation WHERE device = ?", device);
        } else {
            Sql.update(
                    connection,
                    "UPDATE expectation SET operator_before = NULL, certificate_before = NULL WHERE device = ? AND operator_before = ?",
                    device,
                    operator);
        }
    }

    private static Optional<Drf.Expectation> before(Connection connection, Ueid device) throws SQLException {
        return Sql.first(
                connection,
                "SELECT operator_before, certificate_before FROM expectation WHERE device = ? AND operator_before IS NOT NULL",
                row -> new Drf.Expectation(device, Plmn.parse(row.getString(1)), Opaque.of(row.getBytes(2))),
                device);
    }

    /** The device has come to the operator that waited for it. */
    static void met(Connection connection, Ueid device) throws SQLException {
        Sql.update(connection, "UPDATE expectation SET state = ? WHERE device = ?", State.MET, device);
    }

    /**
     * The device subscribes to an operator: it is sent there until another one waits for it. One that waits already, and
     * has not met the device yet, is the newer.
     */
    static void subscribed(Connection connection, Drf.Expectation subscription) throws SQLException {
        boolean anotherWaits = Sql.first(
                        connection,
                        "SELECT 1 FROM expectation WHERE device = ? AND operator <> ? AND state = ?",
                        row -> row.getLong(1),
                        subscription.device(),
                        subscription.operator(),
                        State.AWAITED)
                .isPresent();
        if (!anotherWaits) {
            keep(connection, subscription, State.SUBSCRIBED);
        }
    }

    /** Whether the device was said to subscribe to this operator, and no other waits for it. */
    static boolean isSubscribed(Connection connection, Drf.Expectation subscription) throws SQLException {
        return Sql.first(
                        connection,
                        "SELECT 1 FROM expectation WHERE device = ? AND operator = ? AND certificate = ? AND state = ?",
                        row -> row.getLong(1),
                        subscription.device(),
                        subscription.operator(),
                        subscription.certificate(),
                        State.SUBSCRIBED)
                .isPresent();
    }

    private static void keep(Connection connection, Drf.Expectation one, State state) throws SQLException {
        Sql.update(
                connection,
                "INSERT INTO expectation (device, operator, certificate, state) VALUES (?, ?, ?, ?) ON CONFLICT (device)"
                        + " DO UPDATE SET operator = excluded.operator, certificate = excluded.certificate,"
                        + " state = excluded.state, operator_before = NULL, certificate_before = NULL",
                one.device(),
                one.operator(),
                one.certificate(),
                state);
    }

    static Optional<Drf.Expectation> of(Connection connection, Ueid device) throws SQLException {
        return Sql.first(
                connection,
                "SELECT operator, certificate FROM expectation WHERE device = ?",
                row -> new Drf.Expectation(device, Plmn.parse(row.getString(1)), Opaque.of(row.getBytes(2))),
                device);
    }
}
