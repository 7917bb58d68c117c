// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho.campaign;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.m2me.operators.Campaigns;
import org.m2me.operators.Count;
import org.m2me.operators.Ivf.Standing;
import org.m2me.operators.sho.campaign.CampaignTable.Campaign;
import org.m2me.operators.store.Database;
import org.m2me.protocol.crypto.Hashes;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

/** What the operator's staff asks of campaigns; {@link CampaignWork} moves them on. */
public final class Campaigning implements Campaigns {
    private static final int CAMPAIGNS_MAX = 100; // one answer

    private final Database database;
    private final Forecast forecast;
    private final Clock clock;

    Campaigning(Database database, Forecast forecast, Clock clock) {
        this.database = database;
        this.forecast = forecast;
        this.clock = clock;
    }

    @Override
    public List<Count> forecast(Plan plan) throws Refused {
        Map<Standing, Long> counts = new TreeMap<>();
        forecast.of(plan.devices()).values().forEach(standing -> counts.merge(standing, 1L, Long::sum));
        return counts.entrySet().stream()
                .map(entry -> new Count(entry.getKey().name(), entry.getValue()))
                .toList();
    }

    @Override
    public void begin(Plan plan) throws Refused {
        Opaque digest = digest(plan);
        database.change(connection -> {
            var known = CampaignTable.find(connection, plan.name());
            if (known.isPresent()) {
                if (!known.get().digest().equals(digest)) {
                    throw new Refused(
                            ResultCode.FORBIDDEN, "campaign " + plan.name() + ": there is another plan of that name");
                }
                return; // repeated
            }
            CampaignTable.add(connection, plan, digest, clock.instant());
            FleetTable.add(connection, plan.name(), plan.devices());
        });
    }

    private static Opaque digest(Plan plan) {
        List<byte[]> parts = new ArrayList<>();
        parts.add((plan.subscriber() + " " + plan.procedure() + " " + plan.limits() + " " + plan.window())
                .getBytes(StandardCharsets.UTF_8));
        plan.devices().stream().map(Ueid::value).forEach(value -> parts.add(value.bytes()));
        return Opaque.of(Hashes.sha256(parts.toArray(byte[][]::new)));
    }

    @Override
    public List<Status> campaigns() {
        return database.read(connection -> {
            List<Status> all = new ArrayList<>();
            for (Campaign campaign : CampaignTable.newest(connection, CAMPAIGNS_MAX)) {
                all.add(status(connection, campaign));
            }
            return all;
        });
    }

    @Override
    public Status status(String name) throws Refused {
        return database.<Status, Refused>read(connection -> status(connection, known(connection, name)));
    }

    private static Status status(Connection connection, Campaign campaign) throws SQLException {
        Map<Outcome, Long> outcomes = FleetTable.outcomes(connection, campaign.name());
        int devices =
                (int) outcomes.values().stream().mapToLong(Long::longValue).sum();
        int wave = campaign.limits().wave();
        int place = FleetTable.firstOpen(connection, campaign.name()).orElse(devices - 1);
        return new Status(
                campaign.name(),
                campaign.state(),
                1 + place / wave,
                (devices + wave - 1) / wave,
                outcomes.entrySet().stream()
                        .map(entry -> new Count(entry.getKey().name(), entry.getValue()))
                        .toList(),
                campaign.reason(),
                campaign.created());
    }

    private static Campaign known(Connection connection, String name) throws Refused, SQLException {
        return CampaignTable.find(connection, name)
                .orElseThrow(() -> new Refused(ResultCode.NOT_FOUND, "campaign: there is none of that name"));
    }

    @Override
    public void pause(String name) throws Refused {
        move(name, State.PAUSED, "paused by the operator's staff");
    }

    @Override
    public void resume(String name) throws Refused {
        move(name, State.RUNNING, "");
    }

    @Override
    public void cancel(String name) throws Refused {
        move(name, State.CANCELLED, "cancelled by the operator's staff");
    }

    private void move(String name, State to, String reason) throws Refused {
        database.change(connection -> {
            Campaign campaign = known(connection, name);
            if (campaign.state() == to) {
                return; // repeated
            }
            if (campaign.state() == State.CANCELLED || campaign.state() == State.ENDED) {
                throw new Refused(ResultCode.FORBIDDEN, "campaign " + name + " is " + campaign.state());
            }
            if (to == State.RUNNING && campaign.state() == State.STOPPED) {
                FleetTable.forgive(connection, name);
            }
            if (to == State.CANCELLED) {
                FleetTable.cancelWaiting(connection, name, clock.instant());
            }
            CampaignTable.move(connection, name, to, reason);
        });
    }

    @Override
    public List<Row> rows(String name, int after) throws Refused {
        if (after < 0) {
            throw new Refused(ResultCode.MALFORMED, "after: " + after + " is negative");
        }
        return database.<List<Row>, Refused>read(connection -> FleetTable.rows(
                connection, name, known(connection, name).limits().wave(), after, ROWS_MAX));
    }
}
