// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho.campaign;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.m2me.operators.Campaigns.Limits;
import org.m2me.operators.Campaigns.Plan;
import org.m2me.operators.Campaigns.State;
import org.m2me.operators.Campaigns.Window;
import org.m2me.operators.store.Sql;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.step.Procedure;

/** The campaigns themselves; their devices are in {@link FleetTable}. */
final class CampaignTable {
    static final List<String> SCHEMA =
            List.of("""
            CREATE TABLE campaign (
              name TEXT PRIMARY KEY,
              subscriber TEXT NOT NULL,
              procedure TEXT NOT NULL,
              digest BYTEA NOT NULL,
              wave_size BIGINT NOT NULL,
              failures_percent BIGINT NOT NULL,
              device_seconds BIGINT NOT NULL,
              tries BIGINT NOT NULL,
              under_way BIGINT NOT NULL,
              starts BIGINT NOT NULL,
              validations BIGINT NOT NULL,
              from_minute BIGINT,
              until_minute BIGINT,
              state TEXT NOT NULL,
              reason TEXT NOT NULL,
              forgiven BIGINT NOT NULL DEFAULT 0,
              judged_from BIGINT NOT NULL DEFAULT 0,
              created BIGINT NOT NULL)""", "ALTER TABLE campaign ADD COLUMN forgiven_at BIGINT NOT NULL DEFAULT 0");

    /**
     * A campaign without its devices.
     *
     * @param digest of the whole plan: a name serves for one plan only
     */
    record Campaign(
            String name,
            String subscriber,
            Procedure procedure,
            Opaque digest,
            Limits limits,
            Optional<Window> window,
            State state,
            String reason,
            Instant created) {}

    private static final String SELECT = "SELECT name, subscriber, procedure, digest, wave_size, failures_percent,"
            + " device_seconds, tries, under_way, starts, validations, from_minute, until_minute, state, reason,"
            + " created FROM campaign ";

    private CampaignTable() {}

    static void add(Connection connection, Plan plan, Opaque digest, Instant now) throws SQLException {
        Limits limits = plan.limits();
        Sql.update(
                connection,
                "INSERT INTO campaign (name, subscriber, procedure, digest, wave_size, failures_percent, device_seconds,"
                        + " tries, under_way, starts, validations, from_minute, until_minute, state, reason, created)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?)",
                plan.name(),
                plan.subscriber(),
                plan.procedure(),
                digest,
                limits.wave(),
                limits.failuresPercent(),
                limits.deviceSeconds(),
                limits.tries(),
                limits.underWay(),
                limits.startsPerMinute(),
                limits.validationsPerMinute(),
                plan.window().map(Window::fromMinute),
                plan.window().map(Window::untilMinute),
                State.RUNNING,
                now);
    }

    static Optional<Campaign> find(Connection connection, String name) throws SQLException {
        return Sql.first(connection, SELECT + "WHERE name = ?", CampaignTable::read, name);
    }

    static List<Campaign> newest(Connection connection, int max) throws SQLException {
        return Sql.all(connection, SELECT + "ORDER BY created DESC, name LIMIT ?", CampaignTable::read, max);
    }

    /** Those that have devices without an outcome. */
    static List<Campaign> open(Connection connection) throws SQLException {
        return Sql.all(
                connection,
                SELECT + "WHERE state IN (?, ?, ?) OR EXISTS (SELECT 1 FROM campaign_device"
                        + " WHERE campaign = campaign.name AND outcome = 'ORDERED') ORDER BY created, name",
                CampaignTable::read,
                State.RUNNING,
                State.PAUSED,
                State.STOPPED);
    }

    static void move(Connection connection, String name, State to, String reason) throws SQLException {
        Sql.update(connection, "UPDATE campaign SET state = ?, reason = ? WHERE name = ?", to, reason, name);
    }

    private static Campaign read(ResultSet row) throws SQLException {
        Limits limits = new Limits(
                row.getInt(5),
                row.getInt(6),
                row.getInt(7),
                row.getInt(8),
                row.getInt(9),
                row.getInt(10),
                row.getInt(11));
        int from = row.getInt(12);
        Optional<Window> window = row.wasNull() ? Optional.empty() : Optional.of(new Window(from, row.getInt(13)));
        return new Campaign(
                row.getString(1),
                row.getString(2),
                Procedure.valueOf(row.getString(3)),
                Opaque.of(row.getBytes(4)),
                limits,
                window,
                State.valueOf(row.getString(14)),
                row.getString(15),
                Instant.ofEpochMilli(row.getLong(16)));
    }
}
