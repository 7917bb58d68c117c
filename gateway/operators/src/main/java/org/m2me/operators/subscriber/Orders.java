// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.subscriber;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.m2me.operators.Subscriber.Ordered;
import org.m2me.operators.Subscriber.Progress;
import org.m2me.operators.store.Sql;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.OwnerOrder;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;

/** The orders to devices, for good: their numbers count up. */
final class Orders {
    static final List<String> SCHEMA =
            List.of("""
            CREATE TABLE owner_order (
              id TEXT PRIMARY KEY,
              device TEXT NOT NULL,
              number BIGINT NOT NULL,
              procedure TEXT NOT NULL,
              operator TEXT NOT NULL,
              at BIGINT NOT NULL,
              mail BYTEA NOT NULL,
              activated BIGINT NOT NULL,
              contracted BIGINT NOT NULL,
              permitted BIGINT NOT NULL,
              progress TEXT NOT NULL,
              code BIGINT NOT NULL,
              UNIQUE (device, number))""", "ALTER TABLE owner_order ADD COLUMN allowed BIGINT NOT NULL DEFAULT 1");

    /**
     * One order.
     *
     * @param mail signed, as it goes to the device
     * @param ready whether it may be shown to the device
     */
    record Order(Nonce id, Ordered ordered, Opaque mail, boolean ready) {
        Ueid device() {
            return ordered.device();
        }

        boolean isUnderWay() {
            return ordered.progress() == Progress.ORDERED || ordered.progress() == Progress.TAKEN;
        }
    }

    /** How much of what is needed is there. */
    private static final String MET = "activated + contracted + permitted + allowed";

    private static final String SELECT = "SELECT id, device, number, procedure, operator, progress, code, at, mail, "
            + MET + " FROM owner_order WHERE ";

    /** What the device has to wait for. */
    enum Needed {
        /** The ICF has activated its PCID. */
        ACTIVATED,
        /** The new operator has the contract. */
        CONTRACTED,
        /** The IVF may answer the new operator, or has had its time to hear of that. */
        PERMITTED,
        /** The operator may serve the device, as the regulator says. */
        ALLOWED;

        String column() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private Orders() {}

    static Optional<Order> find(Connection connection, Nonce id) throws SQLException {
        return Sql.first(connection, SELECT + "id = ?", Orders::read, id);
    }

    static Optional<Order> newest(Connection connection, Ueid device) throws SQLException {
        return Sql.first(connection, SELECT + "device = ? ORDER BY number DESC LIMIT 1", Orders::read, device);
    }

    /** The newest first. */
    static List<Order> ofDevice(Connection connection, Ueid device, int max) throws SQLException {
        return Sql.all(connection, SELECT + "device = ? ORDER BY number DESC LIMIT ?", Orders::read, device, max);
    }

    /** What a device has not answered yet: one at most. */
    static Optional<Order> waiting(Connection connection, Ueid device) throws SQLException {
        return newest(connection, device)
                .filter(order -> order.ready() && order.ordered().progress() == Progress.ORDERED);
    }

    static List<Ueid> devicesWaiting(Connection connection) throws SQLException {
        return Sql.all(
                connection,
                "SELECT device FROM owner_order WHERE " + MET + " = ? AND progress = ?",
                row -> Ueid.hex(row.getString(1)),
                Needed.values().length,
                Progress.ORDERED);
    }

    /** What the device has done that brought it to this operator, since it was brought to another last. */
    static List<Order> broughtTo(Connection connection, Ueid device, Plmn operator) throws SQLException {
        return Sql.all(
                connection,
                SELECT + "device = ? AND operator = ? AND progress = ? AND number > (SELECT coalesce(max(number), 0)"
                        + " FROM owner_order WHERE device = ? AND operator <> ? AND progress = ?)",
                Orders::read,
                device,
                operator,
                Progress.DONE,
                device,
                operator,
                Progress.DONE);
    }

    /** The device's next number. */
    static long nextNumber(Connection connection, Ueid device) throws SQLException {
        return newest(connection, device).map(order -> order.ordered().number()).orElse(0L) + 1;
    }

    /** Those that a newer one has replaced. */
    static List<Order> replaced(Connection connection, Ueid device) throws SQLException {
        return Sql.all(connection, SELECT + "device = ? AND progress = ?", Orders::read, device, Progress.REPLACED);
    }

    /** Adds one; the newest that is under way is replaced by it. @param needed before the device may see it */
    static void add(Connection connection, OwnerOrder order, Opaque mail, Instant at, Set<Needed> needed)
            throws SQLException {
        Sql.update(
                connection,
                "UPDATE owner_order SET progress = ? WHERE device = ? AND progress IN (?, ?)",
                Progress.REPLACED,
                order.device(),
                Progress.ORDERED,
                Progress.TAKEN);
        Sql.update(
                connection,
                "INSERT INTO owner_order (id, device, number, procedure, operator, at, mail, progress, code,"
                        + " activated, contracted, permitted, allowed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?)",
                order.id(),
                order.device(),
                order.number(),
                order.procedure(),
                order.operator(),
                at,
                mail,
                Progress.ORDERED,
                needed.contains(Needed.ACTIVATED) ? 0 : 1,
                needed.contains(Needed.CONTRACTED) ? 0 : 1,
                needed.contains(Needed.PERMITTED) ? 0 : 1,
                needed.contains(Needed.ALLOWED) ? 0 : 1);
    }

    /** Something that it needed is there. @return whether that is news */
    static boolean met(Connection connection, Nonce id, Needed what) throws SQLException {
        String column = what.column();
        return Sql.update(
                        connection, "UPDATE owner_order SET " + column + " = 1 WHERE id = ? AND " + column + " = 0", id)
                > 0;
    }

    static void move(Connection connection, Nonce id, Progress to, ResultCode code) throws SQLException {
        Sql.update(connection, "UPDATE owner_order SET progress = ?, code = ? WHERE id = ?", to, code.number(), id);
    }

    private static Order read(ResultSet row) throws SQLException {
        Ordered ordered = new Ordered(
                Ueid.hex(row.getString(2)),
                row.getLong(3),
                Procedure.valueOf(row.getString(4)),
                Plmn.parse(row.getString(5)),
                Progress.valueOf(row.getString(6)),
                ResultCode.of(row.getLong(7)),
                Instant.ofEpochMilli(row.getLong(8)));
        return new Order(
                new Nonce(Opaque.hex(row.getString(1))),
                ordered,
                Opaque.of(row.getBytes(9)),
                row.getLong(10) == Needed.values().length);
    }
}
