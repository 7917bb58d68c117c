// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho.campaign;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.m2me.operators.Campaigns.Outcome;
import org.m2me.operators.Campaigns.Row;
import org.m2me.operators.store.Sql;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.ResultCode;

/** The devices of each campaign, in the order of its plan. */
final class FleetTable {
    static final List<String> SCHEMA = List.of(
            """
            CREATE TABLE campaign_device (
              campaign TEXT NOT NULL,
              place BIGINT NOT NULL,
              device TEXT NOT NULL,
              outcome TEXT NOT NULL,
              code BIGINT NOT NULL DEFAULT 0,
              tries BIGINT NOT NULL DEFAULT 0,
              validated BIGINT NOT NULL DEFAULT 0,
              ordered BIGINT,
              ended BIGINT,
              PRIMARY KEY (campaign, place))""",
            "CREATE INDEX campaign_device_outcome ON campaign_device (campaign, outcome, place)",
            "CREATE INDEX campaign_device_ordered ON campaign_device (ordered)",
            "CREATE INDEX campaign_device_device ON campaign_device (device)",
            // the device's registration before the order, and the one that brought it here
            "ALTER TABLE campaign_device ADD COLUMN registered_before BIGINT",
            "ALTER TABLE campaign_device ADD COLUMN brought_by BIGINT",
            // whether somebody has seen the outcome, and resumed the campaign after it
            "ALTER TABLE campaign_device ADD COLUMN forgiven BIGINT NOT NULL DEFAULT 0",
            "UPDATE campaign_device SET forgiven = 1 WHERE outcome NOT IN ('WAITING', 'ORDERED')"
                    + " AND ended <= (SELECT forgiven_at FROM campaign WHERE name = campaign)",
            "ALTER TABLE campaign DROP COLUMN forgiven",
            "ALTER TABLE campaign DROP COLUMN judged_from",
            "ALTER TABLE campaign DROP COLUMN forgiven_at",
            // 0 was allowed once, and a device that needs the PVA was never ordered
            "UPDATE campaign SET validations = 1 WHERE validations = 0",
            // when its last try failed, if it is to be ordered again
            "ALTER TABLE campaign_device ADD COLUMN failed_at BIGINT",
            "CREATE INDEX campaign_device_under_way ON campaign_device (outcome)");

    /**
     * How long a device whose try failed is left alone before it is ordered again: what made it fail, a bad bearer or a peer
     * that is down, is seldom over in a second, and often in a minute.
     */
    static final Duration RETRY_PAUSE = Duration.ofMinutes(1);

    private FleetTable() {}

    private static final String MEMBERS =
            "SELECT place, device, tries, ordered, registered_before FROM campaign_device WHERE campaign = ? AND ";

    /** Of a device that was ordered, or is about to be: its subscriber may have the order already. */
    static final String UNDER_WAY = "(outcome = 'ORDERED' OR (outcome = 'WAITING' AND registered_before IS NOT NULL))";

    /**
     * A device that waits, or that was ordered.
     *
     * @param place from 0
     * @param before number of its newest registration when the order was about to be given; empty before that
     */
    record Member(int place, Ueid device, int tries, Optional<Instant> ordered, Optional<Long> before) {}

    static void add(Connection connection, String campaign, List<Ueid> devices) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO campaign_device (campaign, place, device, outcome) VALUES (?, ?, ?, 'WAITING')")) {
            for (int place = 0; place < devices.size(); place++) {
                insert.setString(1, campaign);
                insert.setLong(2, place);
                insert.setString(3, devices.get(place).hex());
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    static Map<Outcome, Long> outcomes(Connection connection, String campaign) throws SQLException {
        return outcomes(connection, campaign, "");
    }

    /** Those that count against the campaign: not what somebody has seen and forgiven. */
    static Map<Outcome, Long> judged(Connection connection, String campaign) throws SQLException {
        return outcomes(connection, campaign, " AND forgiven = 0");
    }

    private static Map<Outcome, Long> outcomes(Connection connection, String campaign, String which)
            throws SQLException {
        Map<Outcome, Long> counts = new EnumMap<>(Outcome.class);
        Sql.all(
                        connection,
                        "SELECT outcome, COUNT(*) FROM campaign_device WHERE campaign = ?" + which
                                + " GROUP BY outcome",
                        row -> Map.entry(Outcome.valueOf(row.getString(1)), row.getLong(2)),
                        campaign)
                .forEach(entry -> counts.put(entry.getKey(), entry.getValue()));
        return counts;
    }

    /** How many have an outcome. */
    static long ended(Map<Outcome, Long> outcomes) {
        return outcomes.entrySet().stream()
                .filter(entry -> entry.getKey() != Outcome.WAITING && entry.getKey() != Outcome.ORDERED)
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** How many speak against their campaign. */
    static long failed(Map<Outcome, Long> outcomes) {
        return outcomes.getOrDefault(Outcome.FAILED, 0L) + outcomes.getOrDefault(Outcome.FELL_BACK, 0L);
    }

    /** The first device without an outcome: its wave is the current one. */
    static Optional<Integer> firstOpen(Connection connection, String campaign) throws SQLException {
        return Sql.first(
                connection,
                "SELECT MIN(place) FROM campaign_device WHERE campaign = ? AND outcome IN ('WAITING', 'ORDERED')"
                        + " HAVING COUNT(*) > 0",
                row -> row.getInt(1),
                campaign);
    }

    /** Places of a list. @param before the first one that is not meant */
    record Places(int from, int before) {}

    /** Those that may be ordered now. */
    static List<Member> waiting(Connection connection, String campaign, Places places, int max, Instant now)
            throws SQLException {
        return Sql.all(
                connection,
                MEMBERS + "outcome = 'WAITING' AND place >= ? AND place < ?"
                        // one of later than now is from before the clock was set back
                        + " AND (failed_at IS NULL OR failed_at <= ? OR failed_at > ?) ORDER BY place LIMIT ?",
                FleetTable::member,
                campaign,
                places.from(),
                places.before(),
                now.minus(RETRY_PAUSE),
                now,
                max);
    }

    static List<Member> ordered(Connection connection, String campaign) throws SQLException {
        return Sql.all(connection, MEMBERS + "outcome = 'ORDERED' ORDER BY place", FleetTable::member, campaign);
    }

    static boolean isUnderWay(Connection connection, Ueid device) throws SQLException {
        return Sql.first(
                        connection,
                        "SELECT 1 FROM campaign_device WHERE device = ? AND " + UNDER_WAY,
                        row -> true,
                        device)
                .isPresent();
    }

    /** How many are under way, of all campaigns. */
    static long underWay(Connection connection) throws SQLException {
        return Sql.first(
                        connection,
                        "SELECT COUNT(*) FROM campaign_device WHERE outcome = 'ORDERED'",
                        row -> row.getLong(1))
                .orElse(0L);
    }

    /** Orders of a while, of all campaigns. */
    static long started(Connection connection, Instant after, Instant until) throws SQLException {
        return Sql.first(
                        connection,
                        "SELECT COUNT(*) FROM campaign_device WHERE ordered > ? AND ordered <= ?",
                        row -> row.getLong(1),
                        after,
                        until)
                .orElse(0L);
    }

    /** An order is about to be given: what the device registers from then on may come of it. */
    static void expect(Connection connection, String campaign, Member member, long before) throws SQLException {
        Sql.update(
                connection,
                "UPDATE campaign_device SET registered_before = ?, for_pva = NULL, waits_for_pva = NULL"
                        + " WHERE campaign = ? AND place = ?",
                before,
                campaign,
                member.place());
    }

    /** @param forPva whether it will need the PVA; it may have been found to already */
    static void order(Connection connection, String campaign, Member member, boolean forPva, Instant now)
            throws SQLException {
        Sql.update(
                connection,
                "UPDATE campaign_device SET outcome = 'ORDERED', tries = tries + 1, ordered = ?, ended = NULL,"
                        + " for_pva = COALESCE(for_pva, ?)"
                        + " WHERE campaign = ? AND place = ?",
                now,
                forPva ? Optional.of(now) : Optional.empty(),
                campaign,
                member.place());
    }

    /** It waits again: another order follows after a pause. */
    static void retry(Connection connection, String campaign, Member member, ResultCode code, Instant now)
            throws SQLException {
        Sql.update(
                connection,
                "UPDATE campaign_device SET outcome = 'WAITING', code = ?, registered_before = NULL, failed_at = ?, waits_for_pva = NULL"
                        + " WHERE campaign = ? AND place = ?",
                code.number(),
                now,
                campaign,
                member.place());
    }

    /**
     * How it ended for a device.
     *
     * @param broughtBy number of the registration that it came with, if it came
     */
    record End(Outcome outcome, ResultCode code, Instant at, Optional<Long> broughtBy) {
        static End without(Outcome outcome, ResultCode code, Instant at) {
            return new End(outcome, code, at, Optional.empty());
        }
    }

    static void end(Connection connection, String campaign, Member member, End end) throws SQLException {
        Sql.update(
                connection,
                "UPDATE campaign_device SET outcome = ?, code = ?, ended = ?, brought_by = ?, waits_for_pva = NULL"
                        + " WHERE campaign = ? AND place = ?",
                end.outcome(),
                end.code().number(),
                end.at(),
                end.broughtBy(),
                campaign,
                member.place());
    }

    /**
     * A device has left what a registration of this operator had brought it. Where it was counted as done it is not any
     * more; where somebody had resumed the campaign since then it counts as one of those that were not seen yet.
     */
    static void fellBack(Connection connection, Ueid device, long registration, Instant now) throws SQLException {
        Sql.update(
                connection,
                "UPDATE campaign_device SET outcome = 'FELL_BACK', code = ?, ended = ?, forgiven = 0"
                        + " WHERE device = ? AND outcome = 'DONE' AND brought_by = ?",
                ResultCode.AUTHENTICATION_FAILED.number(),
                now,
                device,
                registration);
    }

    /** Somebody has seen how it ended for those that have an outcome: from now on only others count against the campaign. */
    static void forgive(Connection connection, String campaign) throws SQLException {
        Sql.update(
                connection,
                "UPDATE campaign_device SET forgiven = 1 WHERE campaign = ? AND outcome NOT IN ('WAITING', 'ORDERED')",
                campaign);
    }

    static void cancelWaiting(Connection connection, String campaign, Instant now) throws SQLException {
        Sql.update(
                connection,
                "UPDATE campaign_device SET outcome = 'CANCELLED', ended = ? WHERE campaign = ? AND outcome = 'WAITING'",
                now,
                campaign);
    }

    static List<Row> rows(Connection connection, String campaign, int waveSize, int after, int max)
            throws SQLException {
        return Sql.all(
                connection,
                "SELECT place, device, outcome, code, tries, ordered, ended FROM campaign_device"
                        + " WHERE campaign = ? AND place >= ? ORDER BY place LIMIT ?",
                row -> new Row(
                        Ueid.hex(row.getString(2)),
                        1 + row.getInt(1) / waveSize,
                        Outcome.valueOf(row.getString(3)),
                        ResultCode.of(row.getLong(4)),
                        row.getInt(5),
                        instant(row, 6),
                        instant(row, 7)),
                campaign,
                after,
                max);
    }

    private static Member member(ResultSet row) throws SQLException {
        long before = row.getLong(5);
        Optional<Long> expected = row.wasNull() ? Optional.empty() : Optional.of(before);
        return new Member(row.getInt(1), Ueid.hex(row.getString(2)), row.getInt(3), instant(row, 4), expected);
    }

    private static Optional<Instant> instant(ResultSet row, int column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
    }
}
