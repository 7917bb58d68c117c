// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

final class OutboxTest extends OutboxFixture {
    @Test
    void doesWhatWasAddedOnceTheTransactionIsCommitted() throws Exception {
        Database database = open("role.db");
        Outbox outbox = start(database, (key, body) -> record(key + "=" + new String(body, UTF_8)));
        assertThatThrownBy(() -> database.change(connection -> {
                    outbox.add(connection, "tell", "rolled back", new byte[0]);
                    throw new IllegalArgumentException("no");
                }))
                .isInstanceOf(IllegalArgumentException.class);
        add(database, outbox, "tell", "k1", "hello");
        assertThat(next()).isEqualTo("k1=hello");
        awaitEmpty(database);
        assertThat(calls).isEmpty();
    }

    @Test
    void givesUpWhatIsRefusedAndTellsWhyInTheSameTransaction() throws Exception {
        Database database = open("role.db");
        Outbox outbox = start(database, (key, body) -> {
            throw new Refused(ResultCode.NO_CONTRACT, "no such device");
        });
        add(database, outbox, "tell", "k", "");
        awaitEmpty(database);
        assertThat(effects(database))
                .singleElement()
                .asString()
                .startsWith("tell k given up: ")
                .endsWith("no such device");
    }

    @Test
    void tellsAfterARestartWhatWasDecidedBeforeAKill() throws Exception {
        Database database = open("role.db");
        Outbox neverStarted = outbox(database, (key, body) -> record("too early"));
        add(database, neverStarted, "tell", "k", "decided");
        Database afterKill = copyOf(database, "after-kill.db");
        start(afterKill, (key, body) -> record(new String(body, UTF_8)));
        assertThat(next()).isEqualTo("decided");
        awaitEmpty(afterKill);
    }

    @Test
    void takesUpAtOnceWhatWasUnderWayWhenItWasKilled() throws Exception {
        Database database = open("role.db");
        CountDownLatch killed = new CountDownLatch(1);
        Outbox outbox = start(database, (key, body) -> {
            calls.add("first run");
            killed.await();
            return Outbox.FollowUp.NONE;
        });
        add(database, outbox, "tell", "k", "");
        assertThat(next()).isEqualTo("first run");
        Database afterKill = copyOf(database, "after-kill.db");
        start(afterKill, (key, body) -> record("second run"));
        assertThat(next()).isEqualTo("second run");
        killed.countDown();
    }

    @Test
    void hasItsEffectOnceWhenTwoRunsDoTheSameWork() throws Exception {
        Database database = open("role.db");
        CountDownLatch secondIsDone = new CountDownLatch(1);
        Outbox first = start(database, (key, body) -> {
            calls.add("first");
            secondIsDone.await();
            return effect("by first");
        });
        add(database, first, "tell", "k", "");
        assertThat(next()).isEqualTo("first");
        Outbox second = start(database, (key, body) -> effect("by second"));
        awaitEmpty(database);
        secondIsDone.countDown();
        first.close();
        second.close();
        assertThat(effects(database)).containsExactly("by second");
    }

    @Test
    void leavesWorkThatIsThereAlreadyAsItIs() throws Exception {
        Database database = open("role.db");
        Outbox outbox = outbox(database, (key, body) -> record(new String(body, UTF_8)));
        add(database, outbox, "tell", "k", "one");
        add(database, outbox, "tell", "k", "two");
        outbox.start();
        assertThat(next()).isEqualTo("one");
        awaitEmpty(database);
        assertThat(calls).isEmpty();
    }

    @Test
    void keepsTheOrderOfAKeyAndLetsOtherKeysPass() throws Exception {
        Database database = open("role.db");
        AtomicReference<@Nullable Exception> fault = new AtomicReference<>(new IOException("first attempt"));
        Outbox.Handler failsOnce = (key, body) -> {
            Exception why = fault.getAndSet(null);
            calls.add("first of " + key);
            if (why != null) {
                throw why;
            }
            return Outbox.FollowUp.NONE;
        };
        Outbox outbox = track(Outbox.of(
                database,
                clock,
                new SplittableRandom(1),
                Map.of("first", failsOnce, "second", (key, body) -> record("second of " + key)),
                OutboxTest::givenUp));
        database.change(connection -> {
            outbox.add(connection, "first", "a", new byte[0]);
            outbox.add(connection, "second", "a", new byte[0]);
        });
        outbox.start();
        assertThat(next()).isEqualTo("first of a");
        awaitPostponed(database, 1);
        add(database, outbox, "second", "b", "");
        assertThat(next()).isEqualTo("second of b");
        clock.advance(Duration.ofSeconds(1));
        outbox.wake();
        assertThat(next()).isEqualTo("first of a");
        assertThat(next()).isEqualTo("second of a");
    }

    @Test
    void doesWhatADoneWorkAddsInItsFollowUp() throws Exception {
        Database database = open("role.db");
        AtomicReference<@Nullable Outbox> self = new AtomicReference<>();
        Outbox outbox = outbox(database, (key, body) -> {
            calls.add(key);
            Outbox mine = self.get();
            return key.length() < 3 && mine != null
                    ? connection -> mine.add(connection, "tell", key + "x", new byte[0])
                    : Outbox.FollowUp.NONE;
        });
        self.set(outbox);
        outbox.start();
        add(database, outbox, "tell", "k", "");
        assertThat(List.of(next(), next(), next())).containsExactly("k", "kx", "kxx");
        awaitEmpty(database);
    }

    @Test
    void repeatsWorkWhoseFollowUpFailsAndKeepsNothingOfIt() throws Exception {
        Database database = open("role.db");
        AtomicReference<Outbox.FollowUp> followUp = new AtomicReference<>(connection -> {
            effect("half").run(connection);
            throw new IllegalStateException("cannot");
        });
        Outbox outbox = start(database, (key, body) -> followUp.getAndSet(effect("whole")));
        add(database, outbox, "tell", "k", "");
        awaitPostponed(database, 1);
        assertThat(effects(database)).isEmpty();
        passARetry(outbox);
        awaitEmpty(database);
        assertThat(effects(database)).containsExactly("whole");
    }

    @Test
    void isNotDoneASecondTimeBesideItselfHoweverLongItTakes() throws Exception {
        Database database = open("role.db");
        CountDownLatch late = new CountDownLatch(1);
        Outbox outbox = start(database, (key, body) -> {
            calls.add(key);
            if (key.equals("long")) {
                late.await();
            }
            return effect(key);
        });
        add(database, outbox, "tell", "long", "");
        assertThat(next()).isEqualTo("long");

        clock.advance(Duration.ofDays(1));
        add(database, outbox, "tell", "short", "");

        assertThat(next()).isEqualTo("short");
        await(database, "SELECT COUNT(*) FROM outbox", 1);
        late.countDown();
        awaitEmpty(database);
        assertThat(calls).isEmpty();
        assertThat(effects(database)).containsExactly("short", "long");
    }

    @Test
    void isDoneOnceMoreWhenItWasAddedWhileItWasDone() throws Exception {
        Database database = open("role.db");
        CountDownLatch late = new CountDownLatch(1);
        Outbox outbox = start(database, (key, body) -> {
            String said = new String(body, UTF_8);
            calls.add(said);
            if (said.equals("old")) {
                late.await();
            }
            return effect(said);
        });
        add(database, outbox, "tell", "k", "old");
        assertThat(next()).isEqualTo("old");

        add(database, outbox, "tell", "k", "new");
        add(database, outbox, "tell", "k", "newer"); // is done once for both
        late.countDown();

        awaitEmpty(database);
        assertThat(calls).containsExactly("newer");
        assertThat(effects(database)).containsExactly("old", "newer");
    }

    @Test
    void isDoneAgainWhenItsEndCouldNotBeWritten() throws Exception {
        Database database = open("role.db");
        AtomicBoolean full = new AtomicBoolean(true);
        Outbox outbox = track(Outbox.of(
                database,
                clock,
                new SplittableRandom(1),
                Map.of("tell", (key, body) -> {
                    calls.add(key);
                    throw new Refused(ResultCode.FORBIDDEN, "never");
                }),
                (connection, kind, key, body, why) -> {
                    if (full.getAndSet(false)) {
                        throw new SQLException("disk full");
                    }
                    insert(connection, key + " given up");
                }));
        outbox.start();
        add(database, outbox, "tell", "k", "");
        awaitPostponed(database, 1);
        passARetry(outbox);
        awaitEmpty(database);
        assertThat(calls).containsExactly("k", "k");
        assertThat(effects(database)).containsExactly("k given up");
    }

    @Test
    void closesThoughACallHangs() throws Exception {
        Database database = open("role.db");
        CountDownLatch never = new CountDownLatch(1);
        Outbox outbox = start(database, (key, body) -> {
            calls.add(key);
            never.await();
            return Outbox.FollowUp.NONE;
        });
        add(database, outbox, "tell", "k", "");
        assertThat(next()).isEqualTo("k");
        outbox.close();
        start(database, (key, body) -> record("again"));
        assertThat(next()).isEqualTo("again");
    }
}
