// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.m2me.operators.store.Outbox.Done;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

/** Work of a kind that is done in rounds: all that is due together, and each piece ends by itself. */
final class OutboxRoundTest extends OutboxFixture {
    private final BlockingQueue<List<String>> rounds = new LinkedBlockingQueue<>();

    private Outbox outbox(Database database, int most, Outbox.RoundHandler handler) {
        return outbox(database, clock, most, handler);
    }

    private Outbox outbox(Database database, Clock by, int most, Outbox.RoundHandler handler) {
        Outbox outbox = track(Outbox.of(database, by, new SplittableRandom(7), Map.of(), OutboxFixture::givenUp));
        outbox.inRounds("ask", most, handler);
        return outbox;
    }

    private Outbox.RoundHandler each(Function<String, Done> done) {
        return keys -> {
            rounds.add(keys.stream().sorted().toList());
            return keys.stream().collect(Collectors.toMap(key -> key, done));
        };
    }

    private List<String> nextRound() throws InterruptedException {
        List<String> keys = rounds.poll(20, TimeUnit.SECONDS);
        return keys == null ? List.of("no round within 20 s") : keys;
    }

    private void owe(Database database, Outbox outbox, String... keys) {
        for (String key : keys) {
            add(database, outbox, "ask", key, "");
        }
    }

    /** All is done but one piece, which has failed once. */
    private static void awaitOneRepeated(Database database) {
        long unused = awaitPostponed(database, 1);
        await(database, "SELECT COUNT(*) FROM outbox", 1);
    }

    @Test
    void doesTogetherWhatIsDueTogetherAndNoMoreThanFitsARound() throws Exception {
        Database database = open("role.db");
        Outbox outbox = outbox(database, 6, each(key -> Done.with(effect(key))));
        owe(database, outbox, "a", "b", "c", "d", "e", "f", "g");

        outbox.start();

        assertThat(List.of(nextRound(), nextRound())) // by two workers
                .containsExactlyInAnyOrder(List.of("a", "b", "c", "d", "e", "f"), List.of("g"));
        awaitEmpty(database);
        assertThat(effects(database)).containsExactlyInAnyOrder("a", "b", "c", "d", "e", "f", "g");
    }

    @Test
    void gathersWhatIsToBeDoneAtTheSameTimeLater() throws Exception {
        Database database = open("role.db");
        Outbox outbox =
                outbox(database, 10, each(key -> Done.with(effect(key)))).start();
        database.change(connection -> outbox.addLater(connection, "ask", "a", new byte[0], Duration.ofSeconds(1)));
        clock.advance(Duration.ofMillis(600));
        database.change(connection -> outbox.addLater(connection, "ask", "b", new byte[0], Duration.ofMillis(400)));

        clock.advance(Duration.ofMillis(400));
        outbox.wake();

        assertThat(nextRound()).containsExactly("a", "b");
        awaitEmpty(database);
    }

    @Test
    void repeatsWhatFailedAndGivesUpWhatWasRefusedWithoutTheOthers() throws Exception {
        Database database = open("role.db");
        Outbox outbox = outbox(database, 10, each(key -> switch (key) {
            case "refused" -> Done.failed(new Refused(ResultCode.FORBIDDEN, "never"));
            case "later" -> rounds.size() == 1 ? Done.failed(new IOException("not now")) : Done.with(effect("later"));
            default -> Done.with(effect(key));
        }));
        owe(database, outbox, "good", "refused", "later");

        outbox.start();

        awaitOneRepeated(database);
        assertThat(effects(database))
                .hasSize(2)
                .contains("good")
                .anyMatch(line -> line.startsWith("ask refused given"));
        passARetry(outbox);
        awaitEmpty(database);
        assertThat(effects(database)).hasSize(3).contains("later");
    }

    @Test
    void repeatsAPieceWhoseEffectCannotBeWrittenAndKeepsThoseOfTheOthers() throws Exception {
        Database database = open("role.db");
        Outbox outbox = outbox(
                database,
                10,
                each(key -> Done.with(connection -> {
                    if (key.equals("broken") && rounds.size() == 1) {
                        throw new IllegalStateException("follow-up");
                    }
                    insert(connection, key);
                })));
        owe(database, outbox, "good", "broken", "also good");

        outbox.start();

        awaitOneRepeated(database);
        assertThat(effects(database)).containsExactlyInAnyOrder("good", "also good");
        passARetry(outbox);
        awaitEmpty(database);
        assertThat(effects(database)).hasSize(3).contains("broken");
    }

    @Test
    void repeatsAWholeRoundTogetherWhenThePeerIsAway() throws Exception {
        Database database = open("role.db");
        Clock runs = new Clock() {
            @Override
            public Instant instant() {
                clock.advance(Duration.ofMillis(1));
                return clock.instant();
            }

            @Override
            public ZoneId getZone() {
                return clock.getZone();
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }
        };
        Outbox outbox = outbox(database, runs, 10, keys -> {
            rounds.add(keys.stream().sorted().toList());
            if (rounds.size() == 1) {
                throw new IOException("away");
            }
            return keys.stream().collect(Collectors.toMap(key -> key, key -> Done.with(effect(key))));
        });
        owe(database, outbox, "a", "b", "c");
        outbox.start();
        await(database, "SELECT COUNT(*) FROM outbox WHERE owner = 0 AND attempts = 1", 3);
        assertThat(number(database, "SELECT COUNT(DISTINCT due) FROM outbox")).isEqualTo(1);

        passARetry(outbox);

        awaitEmpty(database);
        assertThat(effects(database)).containsExactlyInAnyOrder("a", "b", "c");
    }

    @Test
    void repeatsWhatARoundForgot() throws Exception {
        Database database = open("role.db");
        Outbox outbox = outbox(database, 10, keys -> {
            rounds.add(keys);
            return rounds.size() == 1 ? Map.of() : Map.of("a", Done.with(effect("a")));
        });
        owe(database, outbox, "a");
        outbox.start();
        await(database, "SELECT COUNT(*) FROM outbox WHERE owner = 0 AND attempts = 1", 1);

        passARetry(outbox);

        awaitEmpty(database);
        assertThat(effects(database)).containsExactly("a");
    }

    @Test
    void hasEachEffectOnceThoughItWasKilledInTheMiddleOfARound() throws Exception {
        Database database = open("role.db");
        CountDownLatch killed = new CountDownLatch(1);
        Outbox first = outbox(database, 10, keys -> {
            rounds.add(keys);
            killed.await();
            return Map.of();
        });
        owe(database, first, "a", "b");
        first.start();
        assertThat(nextRound()).hasSize(2);
        Database afterKill = copyOf(database, "after-kill.db");

        outbox(afterKill, 10, each(key -> Done.with(effect(key)))).start();

        assertThat(nextRound()).containsExactly("a", "b");
        awaitEmpty(afterKill);
        assertThat(effects(afterKill)).containsExactlyInAnyOrder("a", "b");
        killed.countDown();
    }
}
