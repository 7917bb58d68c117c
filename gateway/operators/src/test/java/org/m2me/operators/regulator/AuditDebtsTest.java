// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.regulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.m2me.operators.regulator.RegulatorFixture.OPERATOR;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.operators.Neighbours;
import org.m2me.operators.Regulator;
import org.m2me.operators.Regulator.Entry;
import org.m2me.operators.Regulator.Recorded;
import org.m2me.operators.Regulator.What;
import org.m2me.operators.Unavailable;
import org.m2me.operators.audit.AuditDebts;
import org.m2me.operators.audit.AuditDebts.Deed;
import org.m2me.operators.store.Database;
import org.m2me.operators.store.Outbox;
import org.m2me.operators.store.Sql;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;
import org.m2me.protocol.step.StepObserver;

final class AuditDebtsTest {
    private static final Duration WAIT = Duration.ofSeconds(20); // for two cores that others use too

    @TempDir
    Path directory;

    private RegulatorFixture regulator;
    private RoleContext context;
    private final Neighbours peers = new Neighbours();
    private final BlockingQueue<Integer> batches = new LinkedBlockingQueue<>();
    private Database database;
    private Outbox outbox;
    private AuditDebts debts;

    @BeforeEach
    void start() throws IOException {
        regulator = new RegulatorFixture(Files.createDirectory(directory.resolve("regulator")));
        RoleContext made = regulator.pki.context("sho." + OPERATOR, directory);
        context = new RoleContext(
                directory,
                regulator.clock,
                regulator.random,
                StepObserver.NONE,
                made.certificate(),
                made.key(),
                made.anchors());
        open();
    }

    private void open() {
        List<String> schema = new ArrayList<>(AuditDebts.SCHEMA);
        schema.add(Outbox.SCHEMA);
        database = Database.open(directory.resolve("role.db"), schema.toArray(String[]::new));
        debts = new AuditDebts(context, peers, database);
        outbox = Outbox.of(
                database,
                context.clock(),
                context.random(),
                Map.of(AuditDebts.KIND, debts::tell),
                (connection, kind, key, body, why) -> {
                    throw new AssertionError("entries are never given up", why);
                });
        debts.through(outbox);
    }

    @AfterEach
    void stop() {
        outbox.close();
        database.close();
        regulator.close();
    }

    private Deed deed(What what) {
        return Deed.of(what, Nonce.random(regulator.random), regulator.device(), OPERATOR);
    }

    private void owe(Deed... deeds) {
        database.change(connection -> {
            for (Deed deed : deeds) {
                debts.owe(connection, deed);
            }
        });
    }

    private int owed(String condition) {
        return database.read(connection -> Sql.all(
                        connection, "SELECT id FROM audit_debt WHERE " + condition, row -> row.getString(1))
                .size());
    }

    /** The regulator that keeps, and says so. */
    private Regulator listening() {
        return Silent.except(regulator.role, acts -> {
            regulator.role.record(acts);
            batches.add(acts.entries().size());
        });
    }

    private int told() throws InterruptedException {
        Integer size = batches.poll(WAIT.toSeconds(), TimeUnit.SECONDS);
        return size == null ? 0 : size;
    }

    private List<Entry> recorded() {
        return regulator.role.export(0).entries().stream().map(Recorded::entry).toList();
    }

    @Test
    void tellsWhatIsOwedWithEverythingThatIsKnownOfIt() throws Exception {
        peers.set(Regulator.class, listening());
        outbox.start();
        Deed deed = deed(What.AUTHORIZED)
                .in(Procedure.CHANGE)
                .with(ResultCode.CONSENT_NEEDED)
                .numbered(3);
        owe(deed);

        assertThat(told()).isEqualTo(1);
        Entry entry = recorded().get(0);
        assertThat(entry.id()).isEqualTo("AUTHORIZED " + deed.of() + " 3");
        assertThat(entry.what()).isEqualTo(What.AUTHORIZED);
        assertThat(entry.device()).contains(deed.device());
        assertThat(entry.registration()).contains(deed.of());
        assertThat(entry.operator()).contains(OPERATOR);
        assertThat(entry.procedure()).contains(Procedure.CHANGE);
        assertThat(entry.code()).isEqualTo(ResultCode.CONSENT_NEEDED);
        assertThat(regulator.role.export(0).entries().get(0).by()).isEqualTo("sho.262-01");
    }

    @Test
    void tellsManyInBatchesInTheirOrder() throws Exception {
        peers.set(Regulator.class, listening());
        Deed[] deeds = new Deed[2 * Regulator.ACTS_MAX + 5];
        for (int i = 0; i < deeds.length; i++) {
            deeds[i] = deed(What.AUTHORIZED);
        }
        owe(deeds);
        owe(deeds[0]);
        outbox.start();

        assertThat(List.of(told(), told(), told())).containsExactly(Regulator.ACTS_MAX, Regulator.ACTS_MAX, 5);
        List<Recorded> all = regulator.pages().stream()
                .flatMap(page -> page.entries().stream())
                .toList();
        assertThat(all).hasSize(deeds.length);
        assertThat(all.get(204).entry().device()).contains(deeds[204].device());
    }

    @Test
    void keepsNothingInANetworkWithoutARegulator() {
        outbox.start();
        owe(deed(What.AUTHORIZED));
        assertThat(owed("true")).isZero();
    }

    @Test
    void keepsWhatItOwesWhileTheRegulatorIsAwayAlsoOverARestart() throws Exception {
        CountDownLatch tried = new CountDownLatch(1);
        peers.set(Regulator.class, Silent.except(regulator.role, acts -> {
            tried.countDown();
            throw new Unavailable("down", new IOException("connection refused"));
        }));
        outbox.start();
        owe(deed(What.AUTHORIZED));
        assertThat(tried.await(WAIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        outbox.close();
        database.close();
        assertThat(recorded()).isEmpty();

        peers.set(Regulator.class, listening());
        open();
        owe(deed(What.AUTHORIZED));
        outbox.start();
        regulator.clock.advance(Duration.ofDays(2)); // longer than an outbox repeats work
        outbox.wake();
        assertThat(told()).isEqualTo(2);
    }

    @Test
    void doesNotLoseTheOthersWhenTheRegulatorRefusesOne() throws Exception {
        Deed good = deed(What.AUTHORIZED);
        Deed wrong = deed(What.ORDERED); // not for an operator to say
        Deed better = deed(What.DISCARDED);
        peers.set(Regulator.class, listening());
        owe(good, wrong, better);
        outbox.start();

        assertThat(told() + told()).isEqualTo(2);
        assertThat(recorded())
                .extracting(Entry::device)
                .containsExactly(Optional.of(good.device()), Optional.of(better.device()));
        Deed last = deed(What.AUTHORIZED);
        owe(last);
        assertThat(told()).isEqualTo(1);
        assertThat(owed("refused IS NOT NULL AND id = 'ORDERED " + wrong.of() + "'"))
                .isEqualTo(1);
    }

    @Test
    void holdsUpNoOtherWorkWhileTheRegulatorHangs() throws Exception {
        outbox.close();
        CountDownLatch hangs = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch others = new CountDownLatch(20);
        peers.set(Regulator.class, Silent.except(regulator.role, acts -> {
            hangs.countDown();
            try {
                end.await();
            } catch (InterruptedException stop) {
                throw new Refused(ResultCode.UNAVAILABLE, "stopped");
            }
        }));
        outbox = Outbox.of(
                database,
                context.clock(),
                context.random(),
                Map.of(AuditDebts.KIND, debts::tell, "other", (key, body) -> {
                    others.countDown();
                    return Outbox.FollowUp.NONE;
                }),
                (connection, kind, key, body, why) -> {});
        debts.through(outbox);
        outbox.start();
        owe(deed(What.AUTHORIZED));
        assertThat(hangs.await(WAIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        database.change(connection -> {
            for (int i = 0; i < 20; i++) {
                debts.owe(connection, deed(What.AUTHORIZED));
                outbox.add(connection, "other", "key" + i, new byte[0]);
            }
        });
        assertThat(others.await(WAIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        end.countDown();
    }

    @Test
    void hearsOfAnActOnceWhenTheAnswerWasLost() throws Exception {
        CountDownLatch lost = new CountDownLatch(1);
        peers.set(Regulator.class, Silent.except(regulator.role, acts -> {
            regulator.role.record(acts);
            lost.countDown();
            throw new Unavailable("answer lost", new IOException("reset"));
        }));
        outbox.start();
        owe(deed(What.AUTHORIZED));
        assertThat(lost.await(WAIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        outbox.close();
        database.close();

        peers.set(Regulator.class, listening());
        regulator.clock.advance(Duration.ofMinutes(1));
        open();
        outbox.start();
        assertThat(told()).isEqualTo(1);
        assertThat(recorded()).hasSize(1);
    }
}
