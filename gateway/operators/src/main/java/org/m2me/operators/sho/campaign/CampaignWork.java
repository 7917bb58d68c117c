// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho.campaign;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.m2me.operators.Campaigns.Outcome;
import org.m2me.operators.Campaigns.State;
import org.m2me.operators.Ivf.Standing;
import org.m2me.operators.Peers;
import org.m2me.operators.Unavailable;
import org.m2me.operators.sho.campaign.CampaignTable.Campaign;
import org.m2me.operators.sho.campaign.FleetTable.Member;
import org.m2me.operators.store.Database;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves campaigns on: sees what became of the devices that were ordered, and orders the next ones as the limits allow.
 * Everything is in the database, so that it goes on after a restart where it was; an order that was given and not noted
 * is given again, which has no second effect.
 */
public final class CampaignWork {
    /** Orders of one look, so that a look is soon over. */
    private static final int STARTS_MAX = 100;

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Logger LOG = LoggerFactory.getLogger(CampaignWork.class);

    private final Database database;
    private final Peers peers;
    private final Plmn operator;
    private final Forecast forecast;
    private final Arrivals arrivals;
    private final Clock clock;

    /** What the operator knows of a device that was ordered. */
    @FunctionalInterface
    public interface Arrivals {
        /** OK when it has arrived since then, another code when it failed, empty while nothing is known. */
        Optional<ResultCode> since(Connection connection, Ueid device, Instant ordered) throws SQLException;
    }

    CampaignWork(Database database, Peers peers, Plmn operator, Forecast forecast, Arrivals arrivals, Clock clock) {
        this.database = database;
        this.peers = peers;
        this.operator = operator;
        this.forecast = forecast;
        this.arrivals = arrivals;
        this.clock = clock;
    }

    /** One look at all of them. */
    void look() {
        for (Campaign campaign : database.read(CampaignTable::open)) {
            database.change(connection -> {
                see(connection, campaign);
                judge(connection, campaign.name());
            });
            order(campaign.name());
        }
    }

    private void see(Connection connection, Campaign campaign) throws SQLException {
        Instant now = clock.instant();
        for (Member member : FleetTable.ordered(connection, campaign.name())) {
            Instant ordered = member.ordered().orElseThrow();
            Optional<ResultCode> code = arrivals.since(connection, member.device(), ordered);
            if (code.isPresent() && code.get() == ResultCode.OK) {
                FleetTable.end(
                        connection, campaign.name(), member, new FleetTable.End(Outcome.DONE, ResultCode.OK, now));
            } else if (code.isPresent()) {
                failed(connection, campaign, member, code.get());
            } else if (!ordered.plusSeconds(campaign.limits().deviceSeconds()).isAfter(now)) {
                FleetTable.end(
                        connection,
                        campaign.name(),
                        member,
                        new FleetTable.End(Outcome.OFFLINE, ResultCode.UNAVAILABLE, now));
            }
        }
    }

    private void failed(Connection connection, Campaign campaign, Member member, ResultCode code) throws SQLException {
        if (member.tries() < campaign.limits().tries() && campaign.state() != State.CANCELLED) {
            FleetTable.retry(connection, campaign.name(), member, code);
        } else {
            Outcome outcome = code == ResultCode.AUTHENTICATION_FAILED ? Outcome.FELL_BACK : Outcome.FAILED;
            FleetTable.end(connection, campaign.name(), member, new FleetTable.End(outcome, code, clock.instant()));
        }
    }

    /** Stops it when too many failed; ends it when all have an outcome. */
    private void judge(Connection connection, String name) throws SQLException {
        Campaign campaign = CampaignTable.find(connection, name).orElseThrow();
        Map<Outcome, Long> outcomes = FleetTable.outcomes(connection, name);
        boolean over = !outcomes.containsKey(Outcome.WAITING) && !outcomes.containsKey(Outcome.ORDERED);
        if (campaign.state() == State.CANCELLED) {
            return;
        }
        if (over) {
            CampaignTable.move(connection, name, State.ENDED, "");
        } else if (campaign.state() == State.RUNNING) {
            long failed = FleetTable.failed(outcomes) - campaign.forgiven();
            long ended = FleetTable.ended(outcomes) - campaign.judgedFrom();
            if (failed > 0 && failed * 100 >= (long) campaign.limits().failuresPercent() * ended) {
                String reason = failed + " of " + ended + " devices failed; the limit is "
                        + campaign.limits().failuresPercent() + " %";
                LOG.warn("campaign {} is stopped: {}", name, reason);
                CampaignTable.move(connection, name, State.STOPPED, reason);
            }
        }
    }

    private void order(String name) {
        Campaign campaign = database.read(connection -> CampaignTable.find(connection, name))
                .orElseThrow();
        if (campaign.state() != State.RUNNING || !isInWindow(campaign)) {
            return;
        }
        List<Member> next = database.read(connection -> next(connection, campaign));
        if (next.isEmpty()) {
            return;
        }
        Map<Ueid, Standing> standings = standings(next);
        long validations = campaign.limits().validationsPerMinute()
                - database.read(connection -> FleetTable.startedSince(
                        connection, name, clock.instant().minus(MINUTE), true));
        for (Member member : next) {
            boolean validated = standings.get(member.device()) != Standing.VALID;
            if (validated && validations <= 0) {
                continue; // others need not wait for the PVA
            }
            if (order(campaign, member, validated) && validated) {
                validations--;
            }
        }
    }

    /** Without an answer of the IVF each would need the PVA. */
    private Map<Ueid, Standing> standings(List<Member> members) {
        try {
            return forecast.of(members.stream().map(Member::device).toList());
        } catch (Refused | Unavailable silent) {
            LOG.info("campaigns: the IVF does not answer: {}", silent.getMessage());
            return Map.of();
        }
    }

    private boolean isInWindow(Campaign campaign) {
        int minute = clock.instant().atOffset(ZoneOffset.UTC).toLocalTime().toSecondOfDay() / 60;
        return campaign.window().map(window -> window.contains(minute)).orElse(true);
    }

    /** Those that may be ordered now, of the current wave. */
    private List<Member> next(Connection connection, Campaign campaign) throws SQLException {
        Optional<Integer> first = FleetTable.firstOpen(connection, campaign.name());
        if (first.isEmpty()) {
            return List.of();
        }
        int wave = campaign.limits().wave();
        int end = (first.get() / wave + 1) * wave;
        long started = FleetTable.startedSince(
                connection, campaign.name(), clock.instant().minus(MINUTE), false);
        long underWay = FleetTable.ordered(connection, campaign.name()).size();
        long free = Math.min(
                campaign.limits().startsPerMinute() - started, campaign.limits().underWay() - underWay);
        if (free <= 0) {
            return List.of();
        }
        // More than are free: some of them may have to wait for the PVA.
        List<Member> waiting = FleetTable.waiting(connection, campaign.name(), end, STARTS_MAX);
        return waiting.size() <= free ? waiting : waiting.subList(0, (int) free);
    }

    private boolean order(Campaign campaign, Member member, boolean validated) {
        try {
            Instant now = clock.instant();
            peers.subscriber(campaign.subscriber()).order(member.device(), campaign.procedure(), operator);
            database.change(connection -> FleetTable.order(connection, campaign.name(), member, validated, now));
            return true;
        } catch (Unavailable silent) {
            LOG.info("campaign {}: the subscriber does not answer: {}", campaign.name(), silent.getMessage());
        } catch (Refused refused) {
            LOG.info("campaign {}: {}: {}", campaign.name(), member.device(), refused.getMessage());
            database.change(connection -> FleetTable.end(
                    connection,
                    campaign.name(),
                    member,
                    new FleetTable.End(Outcome.FAILED, refused.code(), clock.instant())));
        } catch (IllegalArgumentException unknown) {
            LOG.warn("campaign {}: {}", campaign.name(), unknown.getMessage());
            database.change(connection -> FleetTable.end(
                    connection,
                    campaign.name(),
                    member,
                    new FleetTable.End(Outcome.FAILED, ResultCode.NOT_FOUND, clock.instant())));
        }
        return false;
    }
}
