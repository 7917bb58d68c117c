// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.operators.Campaigns;
import org.m2me.operators.Campaigns.Limits;
import org.m2me.operators.Campaigns.Outcome;
import org.m2me.operators.Campaigns.Plan;
import org.m2me.operators.Count;
import org.m2me.operators.Ivf;
import org.m2me.operators.Ivf.Standing;
import org.m2me.operators.ManualClock;
import org.m2me.operators.Neighbours;
import org.m2me.operators.Subscriber;
import org.m2me.operators.Unavailable;
import org.m2me.operators.store.Database;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;

/** The campaigns of an operator, with its staff, and devices that arrive when a test says so. */
abstract class CampaignFixture {
    static final Plmn OPERATOR = Plmn.parse("262-02");
    static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    @TempDir
    Path directory;

    final ManualClock clock = new ManualClock(NOON);
    final Neighbours peers = new Neighbours();
    private final Map<Ueid, Long> registrations = new HashMap<>();
    private final Map<Ueid, ResultCode> arrived = new HashMap<>();
    final List<Ueid> ordered = new ArrayList<>();
    final Map<Ueid, ResultCode> refusals = new HashMap<>();
    final Set<Ueid> unknownToTheIvf = new HashSet<>();
    boolean subscriberIsSilent;
    boolean answerIsLost;
    Database database;
    CampaignWork work;
    Campaigns staff;

    @BeforeEach
    void open() {
        database = Database.open(
                directory.resolve("sho.db"), CampaignEngine.schema().toArray(String[]::new));
        Forecast forecast =
                new Forecast(peers, new Forecast.Question(OPERATOR, "policy", Set.of("agent"), Optional.empty()));
        staff = new Campaigning(database, forecast, clock);
        work = new CampaignWork(database, peers, OPERATOR, forecast, new Arrived(), clock);
    }

    @BeforeEach
    void meetTheOthers() {
        peers.set(Subscriber.class, only(Subscriber.class, "order", arguments -> {
            order((Ueid) arguments[0]);
            return null;
        }));
        peers.set(
                Ivf.class,
                only(
                        Ivf.class,
                        "inquire",
                        arguments -> ((Ivf.Inquiry) arguments[0])
                                .devices().stream()
                                        .map(asked -> new Ivf.Answer(
                                                asked.device(),
                                                unknownToTheIvf.contains(asked.device())
                                                        ? Standing.NEVER_SEEN
                                                        : Standing.VALID,
                                                Optional.empty()))
                                        .toList()));
    }

    /** One method of a role; nothing else is asked here. */
    private interface Method {
        @Nullable
        Object call(Object[] arguments) throws Exception;
    }

    private static <T> T only(Class<T> role, String name, Method method) {
        return role.cast(
                Proxy.newProxyInstance(role.getClassLoader(), new Class<?>[] {role}, (proxy, called, arguments) -> {
                    assertThat(called.getName()).isEqualTo(name);
                    return method.call(arguments);
                }));
    }

    private void order(Ueid device) throws Refused {
        if (subscriberIsSilent) {
            throw new Unavailable("the subscriber is down", new IOException("connection refused"));
        }
        if (refusals.containsKey(device)) {
            throw new Refused(refusals.get(device), "order");
        }
        ordered.add(device);
        if (answerIsLost) {
            throw new Unavailable("no answer", new IOException("timeout"));
        }
    }

    static Plan plan(int count, Limits limits) {
        return new Plan("c", "fleet", Procedure.CHANGE, devices(count), limits, Optional.empty());
    }

    final void arrive(int... numbers) {
        for (int number : numbers) {
            register(number, ResultCode.OK);
        }
    }

    final long count(Outcome outcome) throws Refused {
        return staff.status("c").outcomes().stream()
                .filter(count -> count.name().equals(outcome.name()))
                .mapToLong(Count::number)
                .sum();
    }

    private final class Arrived implements Arrivals {
        @Override
        public long newest(Connection connection, Ueid device) {
            return registrations.getOrDefault(device, 0L);
        }

        @Override
        public Optional<ResultCode> after(Connection connection, Ueid device, long number) {
            return Optional.ofNullable(arrived.get(device)).filter(code -> newest(connection, device) > number);
        }
    }

    /** The device has registered once more, and that ended so. */
    final void register(int device, ResultCode code) {
        registrations.merge(device(device), 1L, Long::sum);
        arrived.put(device(device), code);
    }

    /** Number of the device's newest registration. */
    final long newest(int device) {
        return Optional.ofNullable(registrations.get(device(device))).orElseThrow();
    }

    @AfterEach
    void close() {
        database.close();
    }

    static Ueid device(int number) {
        return Ueid.hex("01" + String.format("%032x", number));
    }

    static List<Ueid> devices(int count) {
        return devices(0, count);
    }

    static List<Ueid> devices(int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(CampaignFixture::device)
                .toList();
    }
}
