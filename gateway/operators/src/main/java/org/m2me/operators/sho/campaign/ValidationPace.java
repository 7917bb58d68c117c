// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho.campaign;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.m2me.operators.store.Sql;
import org.m2me.protocol.identity.Ueid;

/**
 * How often the PVA is asked to validate devices of campaigns: in no minute more often than a campaign's limit says, whoever's
 * devices those were. What comes beyond that waits for its turn. A device of no campaign is never held.
 */
public final class ValidationPace {
    /** Who waits longer has started over: its registration is ended by then. */
    public static final Duration WAIT_MAX = Duration.ofMinutes(30);

    static final Duration MINUTE = Duration.ofMinutes(1);

    static final List<String> SCHEMA = List.of(
            // from when on it counts as one for the PVA: its order, or when it was found to need it all the same
            "ALTER TABLE campaign_device ADD COLUMN for_pva BIGINT",
            "UPDATE campaign_device SET for_pva = ordered WHERE validated = 1",
            "ALTER TABLE campaign_device DROP COLUMN validated",
            "CREATE INDEX campaign_device_for_pva ON campaign_device (for_pva)",
            // since when the PVA is to be asked to validate it, until it has been
            "ALTER TABLE campaign_device ADD COLUMN waits_for_pva BIGINT",
            "CREATE INDEX campaign_device_waits_for_pva ON campaign_device (waits_for_pva)",
            // when the PVA was asked for a device of a campaign, each time
            "CREATE TABLE campaign_turn (at BIGINT NOT NULL)",
            "CREATE INDEX campaign_turn_at ON campaign_turn (at)");

    private ValidationPace() {}

    /**
     * The PVA has to validate a device: if it is one that a campaign has ordered, or was about to, it counts from now on.
     *
     * @param connection to the operator's database, in the transaction that owes the PVA the request
     */
    public static void needed(Connection connection, Ueid device, Instant now) throws SQLException {
        Sql.update(
                connection,
                "UPDATE campaign_device SET for_pva = COALESCE(for_pva, ?), waits_for_pva = ? WHERE device = ? AND "
                        + FleetTable.UNDER_WAY,
                now,
                now,
                device);
    }

    /** How often a minute the PVA may be asked where this device waits for it; empty for one of no campaign. */
    public static Optional<Integer> limit(Connection connection, Ueid device) throws SQLException {
        return Sql.first(
                connection,
                "SELECT MIN(validations) FROM campaign JOIN campaign_device ON campaign = name"
                        + " WHERE device = ? AND waits_for_pva IS NOT NULL HAVING COUNT(*) > 0",
                row -> row.getInt(1),
                device);
    }

    /** Takes a turn if there is one now. @return zero; without a turn, how long until there may be one */
    public static Duration turn(Connection connection, int limit, Instant now) throws SQLException {
        // Those after now are from before the clock was set back.
        Sql.update(connection, "DELETE FROM campaign_turn WHERE at <= ? OR at > ?", now.minus(MINUTE), now);
        Optional<Instant> before = Sql.first(
                connection,
                "SELECT at FROM campaign_turn ORDER BY at DESC LIMIT 1 OFFSET ?",
                row -> Instant.ofEpochMilli(row.getLong(1)),
                limit - 1);
        if (before.isPresent()) {
            return Duration.between(now, before.get().plus(MINUTE));
        }
        Sql.update(connection, "INSERT INTO campaign_turn (at) VALUES (?)", now);
        return Duration.ZERO;
    }

    /** The PVA has taken the request: the device waits for its turn no more. */
    public static void asked(Connection connection, Ueid device) throws SQLException {
        Sql.update(
                connection,
                "UPDATE campaign_device SET waits_for_pva = NULL WHERE device = ? AND waits_for_pva IS NOT NULL",
                device);
    }

    /** How many devices of campaigns wait until the PVA has been asked. */
    static long waiting(Connection connection, Instant now) throws SQLException {
        return count(connection, "waits_for_pva > ? AND waits_for_pva <= ?", now.minus(WAIT_MAX), now);
    }

    /** Whether this one does. */
    static boolean isWaiting(Connection connection, Ueid device, Instant now) throws SQLException {
        return count(
                        connection,
                        "device = ? AND waits_for_pva > ? AND waits_for_pva <= ?",
                        device,
                        now.minus(WAIT_MAX),
                        now)
                > 0;
    }

    /** How many orders for the PVA there is room for, by a limit: what came in the last minute counts, and what still waits. */
    static long free(Connection connection, int limit, Instant now) throws SQLException {
        long counted = count(connection, "for_pva > ? AND for_pva <= ?", now.minus(MINUTE), now);
        return limit - Math.max(counted, waiting(connection, now));
    }

    private static long count(Connection connection, String which, Object... values) throws SQLException {
        return Sql.first(
                        connection,
                        "SELECT COUNT(*) FROM campaign_device WHERE " + which,
                        row -> row.getLong(1),
                        values)
                .orElse(0L);
    }
}
