// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho.campaign;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
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
import org.m2me.operators.store.Outbox;
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
    /** Devices that one look at a campaign is at, so that it is soon over. */
    private static final int LOOK_MAX = 100;

    private static final Logger LOG = LoggerFactory.getLogger(CampaignWork.class);

    private final Database database;
    private final Peers peers;
    private final Plmn operator;
    private final Forecast forecast;
    private final Arrivals arrivals;
    private final Clock clock;

    /** At which place of a campaign's list the next look begins, where not at the first one; lost with the process. */
    private final Map<String, Integer> next = new HashMap<>();

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
        List<Campaign> open = database.read(CampaignTable::open);
        next.keySet().retainAll(open.stream().map(Campaign::name).toList());
        for (Campaign campaign : open) {
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
            boolean late =
                    !ordered.plusSeconds(campaign.limits().deviceSeconds()).isAfter(now);
            if (!isSeen(connection, campaign, member)
                    && late
                    && !ValidationPace.isWaiting(connection, member.device(), now)) {
                FleetTable.end(
                        connection,
                        campaign.name(),
                        member,
                        FleetTable.End.without(Outcome.OFFLINE, ResultCode.UNAVAILABLE, now));
            }
        }
    }

    /** Notes what came of the order for a device, if something did. */
    private boolean isSeen(Connection connection, Campaign campaign, Member member) throws SQLException {
        Optional<ResultCode> code = arrivals.after(connection, member.device(), before(member));
        if (code.isPresent() && code.get() == ResultCode.OK) {
            long by = arrivals.newest(connection, member.device());
            FleetTable.End done = new FleetTable.End(Outcome.DONE, ResultCode.OK, clock.instant(), Optional.of(by));
            FleetTable.end(connection, campaign.name(), member, done);
        } else if (code.isPresent()) {
            failed(connection, campaign, member, code.get());
        }
        return code.isPresent();
    }

    /** In a database of before this was kept, whatever there is of the device. */
    private static long before(Member member) {
        return member.before().orElse(0L);
    }

    private void failed(Connection connection, Campaign campaign, Member member, ResultCode code) throws SQLException {
        if (member.tries() < campaign.limits().tries() && campaign.state() != State.CANCELLED) {
            FleetTable.retry(connection, campaign.name(), member, code, clock.instant());
        } else {
            Outcome outcome = code == ResultCode.AUTHENTICATION_FAILED ? Outcome.FELL_BACK : Outcome.FAILED;
            FleetTable.end(connection, campaign.name(), member, FleetTable.End.without(outcome, code, clock.instant()));
        }
    }

    /** Stops it when too many failed; ends it when all have an outcome. */
    private void judge(Connection connection, String name) throws SQLException {
        Campaign campaign = CampaignTable.find(connection, name).orElseThrow();
        Map<Outcome, Long> judged = FleetTable.judged(connection, name);
        boolean over = !judged.containsKey(Outcome.WAITING) && !judged.containsKey(Outcome.ORDERED);
        if (campaign.state() == State.CANCELLED) {
            return;
        }
        if (over) {
            CampaignTable.move(connection, name, State.ENDED, "");
        } else if (campaign.state() == State.RUNNING) {
            long failed = FleetTable.failed(judged);
            long ended = FleetTable.ended(judged);
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
        for (Chosen one : choose(campaign)) {
            order(campaign, one);
        }
    }

    /** A device that is ordered now. @param forPva whether it will need the PVA */
    private record Chosen(Member member, boolean forPva) {}

    /**
     * As many as the limits allow. Those that would need the PVA do not hold up the others: where too many of them are waiting
     * for one look, the next one is at those behind.
     */
    private List<Chosen> choose(Campaign campaign) {
        long free = database.read(connection -> free(connection, campaign));
        List<Member> waiting = free > 0 ? database.read(connection -> waiting(connection, campaign)) : List.of();
        if (waiting.isEmpty()) {
            return List.of();
        }
        Map<Ueid, Standing> standings = standings(waiting);
        int limit = campaign.limits().validationsPerMinute();
        long validations = database.read(connection -> ValidationPace.free(connection, limit, clock.instant()));
        List<Chosen> chosen = new ArrayList<>();
        for (Member member : waiting) {
            boolean forPva = standings.get(member.device()) != Standing.VALID;
            if (chosen.size() < free && (!forPva || validations > 0)) {
                chosen.add(new Chosen(member, forPva));
                validations -= forPva ? 1 : 0;
            }
        }
        boolean areOthersBehind = waiting.size() == LOOK_MAX && chosen.size() < Math.min(free, LOOK_MAX);
        if (areOthersBehind) {
            next.put(campaign.name(), waiting.get(LOOK_MAX - 1).place() + 1);
        } else {
            next.remove(campaign.name());
        }
        return chosen;
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

    /**
     * Its limits protect those whom all campaigns share: what others do counts, too. While as many wait for the PVA as it is
     * asked for in a minute, nobody is ordered: who seems not to need it may be found to all the same, and those that are under
     * way and do have to be served before their registrations are over.
     */
    private long free(Connection connection, Campaign campaign) throws SQLException {
        Instant now = clock.instant();
        if (ValidationPace.waiting(connection, now) >= campaign.limits().validationsPerMinute()) {
            return 0;
        }
        long started = FleetTable.started(connection, now.minus(ValidationPace.MINUTE), now);
        long underWay = FleetTable.underWay(connection);
        return Math.min(
                campaign.limits().startsPerMinute() - started, campaign.limits().underWay() - underWay);
    }

    /** Of the current wave. */
    private List<Member> waiting(Connection connection, Campaign campaign) throws SQLException {
        Optional<Integer> first = FleetTable.firstOpen(connection, campaign.name());
        if (first.isEmpty()) {
            return List.of();
        }
        int wave = campaign.limits().wave();
        int end = (first.get() / wave + 1) * wave;
        int from = Optional.ofNullable(next.get(campaign.name())).orElse(0);
        List<Member> behind = waiting(connection, campaign, new FleetTable.Places(from, end));
        return behind.isEmpty() ? waiting(connection, campaign, new FleetTable.Places(0, from)) : behind;
    }

    private List<Member> waiting(Connection connection, Campaign campaign, FleetTable.Places places)
            throws SQLException {
        return FleetTable.waiting(connection, campaign.name(), places, LOOK_MAX, clock.instant());
    }

    private void order(Campaign campaign, Chosen one) {
        Member member = one.member();
        Instant now = clock.instant();
        try {
            if (!wasGiven(campaign, member)) {
                peers.subscriber(campaign.subscriber()).order(member.device(), campaign.procedure(), operator);
            }
            database.change(connection -> FleetTable.order(connection, campaign.name(), member, one.forPva(), now));
        } catch (Unavailable silent) {
            LOG.info("campaign {}: the subscriber does not answer: {}", campaign.name(), silent.getMessage());
        } catch (Refused refused) {
            LOG.info("campaign {}: {}: {}", campaign.name(), member.device(), refused.getMessage());
            if (Outbox.isFinal(refused)) { // else its database is full, for instance, and it waits for that to pass
                failsAtOnce(campaign, member, refused.code());
            }
        } catch (IllegalArgumentException unknown) {
            LOG.warn("campaign {}: {}", campaign.name(), unknown.getMessage());
            failsAtOnce(campaign, member, ResultCode.NOT_FOUND);
        }
    }

    private void failsAtOnce(Campaign campaign, Member member, ResultCode code) {
        FleetTable.End end = FleetTable.End.without(Outcome.FAILED, code, clock.instant());
        database.change(connection -> FleetTable.end(connection, campaign.name(), member, end));
    }

    /**
     * Whether an order had its effect that was about to be given before, and then was not noted as given. Of a device that
     * nobody was about to order, notes what it had registered until now.
     */
    private boolean wasGiven(Campaign campaign, Member member) {
        return database.<Boolean, RuntimeException>transact(connection -> {
            long newest = arrivals.newest(connection, member.device());
            if (member.before().isEmpty()) {
                FleetTable.expect(connection, campaign.name(), member, newest);
            }
            return newest > member.before().orElse(newest);
        });
    }
}
