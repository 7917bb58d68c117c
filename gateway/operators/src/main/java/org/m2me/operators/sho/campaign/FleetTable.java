// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho.campaign;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
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
            "CREATE INDEX campaign_device_device ON campaign_device (device)");

    /** Of a device that a registration of this moment brought: seen to have arrived after it was ordered. */
    private static final String BROUGHT = "device = ? AND outcome = 'DONE' AND ordered <= ? AND ended >= ?";

    private FleetTable() {}

    /** A device that waits, or that was ordered. @param place from 0 */
    record Member(int place, Ueid device, int tries, Optional<Instant> ordered) {}

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
        Map<Outcome, Long> counts = new EnumMap<>(Outcome.class);
        Sql.all(
                        connection,
                        "SELECT outcome, COUNT(*) FROM campaign_device WHERE campaign = ? GROUP BY outcome",
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

    static List<Member> waiting(Connection connection, String campaign, int before, int max) throws SQLException {
        return Sql.all(
                connection,
                "SELECT place, device, tries, ordered FROM campaign_device"
                        + " WHERE campaign = ? AND outcome = 'WAITING' AND place < ? ORDER BY place LIMIT ?",
                FleetTable::member,
                campaign,
                before,
                max);
    }

    static List<Member> ordered(Connection connection, String campaign) throws SQLException {
        return Sql.all(
                connection,
                "SELECT place, device, tries, ordered FROM campaign_device"
                        + " WHERE campaign = ? AND outcome = 'ORDERED' ORDER BY place",
                FleetTable::member,
                campaign);
    }

    /** Orders since then, of this campaign. @param validatedOnly only those that needed the PVA */
    static long startedSince(Connection connection, String campaign, Instant since, boolean validatedOnly)
            throws SQLException {
        return Sql.first(
                        connection,
                        "SELECT COUNT(*) FROM campaign_device WHERE campaign = ? AND ordered > ? AND validated >= ?",
                        row -> row.getLong(1),
                        campaign,
                        since,
                        validatedOnly ? 1 : 0)
                .orElse(0L);
    }

    static void order(Connection connection, String campaign, Member member, boolean validated, Instant now)
            throws SQLException {
        Sql.update(
                connection,
                "UPDATE campaign_device SET outcome = 'ORDERED', tries = tries + 1, validated = ?, ordered = ?, ended = NULL"
                        + " WHERE campaign = ? AND place = ?",
                validated ? 1 : 0,
                now,
                campaign,
                member.place());
    }

    /** It waits again: another order follows. */
    static void retry(Connection connection, String campaign, Member member, ResultCode code) throws SQLException {
        Sql.update(
                connection,
                "UPDATE campaign_device SET outcome = 'WAITING', code = ? WHERE campaign = ? AND place = ?",
                code.number(),
                campaign,
                member.place());
    }

    /** How it ended for a device. */
    record End(Outcome outcome, ResultCode code, Instant at) {}

    static void end(Connection connection, String campaign, Member member, End end) throws SQLException {
        Sql.update(
                connection,
                "UPDATE campaign_device SET outcome = ?, code = ?, ended = ? WHERE campaign = ? AND place = ?",
                end.outcome(),
                end.code().number(),
                end.at(),
                campaign,
                member.place());
    }

    /**
     * A device has left what a registration of this operator had brought it. Where it was counted as done it is not any
     * more; where somebody had resumed the campaign since then it counts as one of those that were not seen yet.
     */
    static void fellBack(Connection connection, Ueid device, Instant registered, Instant now) throws SQLException {
        Sql.update(
                connection,
                "UPDATE campaign SET judged_from = judged_from - 1 WHERE judged_from > 0 AND name IN (SELECT campaign"
                        + " FROM campaign_device WHERE " + BROUGHT + " AND ended <= campaign.forgiven_at)",
                device,
                registered,
                registered);
        Sql.update(
                connection,
                "UPDATE campaign_device SET outcome = 'FELL_BACK', code = ?, ended = ? WHERE " + BROUGHT,
                ResultCode.AUTHENTICATION_FAILED.number(),
                now,
                device,
                registered,
                registered);
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
        return new Member(row.getInt(1), Ueid.hex(row.getString(2)), row.getInt(3), instant(row, 4));
    }

    private static Optional<Instant> instant(ResultSet row, int column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
    }
}
