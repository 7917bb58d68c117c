// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.operators.Ivf;
import org.m2me.operators.Peers;
import org.m2me.operators.Pva;
import org.m2me.operators.TestPki;
import org.m2me.operators.store.Database;
import org.m2me.operators.store.Outbox;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;

/** A PVA that owes each result to an IVF: two roles over loopback, each stopped and started while the other works. */
final class RoleHostTest {
    private static final Ueid DEVICE = Ueid.hex("01" + "00".repeat(16));

    @TempDir
    Path directory;

    private final TestPki pki = new TestPki();
    private final AddressBook book = new AddressBook(Map.of());
    private final RoleHost host = new RoleHost(book);
    private final BlockingQueue<Opaque> published = new LinkedBlockingQueue<>();
    private final Set<Opaque> heard = new HashSet<>();

    @BeforeEach
    void start() throws Exception {
        host.start(new RoleHost.Description(
                pki.context("ivf", directory),
                0,
                (context, peers) -> RunningRole.of(new Keeper(published), Ivf.class)));
        host.start(new RoleHost.Description(
                pki.context("pva", directory.resolve("pva")),
                0,
                (context, peers) -> RunningRole.of(new Teller(context, peers), Pva.class)));
    }

    @AfterEach
    void stop() {
        host.close();
    }

    @Test
    void leavesNothingBehindOfARoleThatNobodyCouldReach() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        AtomicInteger port = new AtomicInteger();
        try (RoleHost behindARelay = new RoleHost(
                book,
                (name, served) -> {
                    port.set(served.getPort());
                    if (tries.incrementAndGet() == 1) {
                        throw new IOException("the relay has no port");
                    }
                    return served;
                },
                Grouping.APART)) {
            RoleHost.Description keeper = new RoleHost.Description(
                    pki.context("drf", directory),
                    0,
                    (context, peers) -> RunningRole.of(new Keeper(published), Ivf.class));
            assertThatThrownBy(() -> behindARelay.start(keeper)).hasMessage("the relay has no port");
            assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port.get()).close())
                    .isInstanceOf(ConnectException.class);

            assertThat(behindARelay.start(keeper).getPort()).isEqualTo(port.get());
        }
    }

    /** Keeps what it is told. */
    private static final class Keeper implements Ivf, AutoCloseable {
        private final BlockingQueue<Opaque> published;

        Keeper(BlockingQueue<Opaque> published) {
            this.published = published;
        }

        @Override
        public void publish(Publication publication) {
            published.add(publication.result());
        }

        @Override
        public List<Ueid> withdraw(Withdrawal withdrawal, Optional<Ueid> after) {
            return List.of();
        }

        @Override
        public List<Answer> inquire(Inquiry inquiry) {
            return List.of();
        }

        @Override
        public void permit(Permission permission) {}

        @Override
        public void release(List<Ueid> devices) {}

        @Override
        public void close() {}
    }

    /** Publishes the registration of each request. */
    private static final class Teller implements Pva, AutoCloseable {
        private final Database database;
        private final Outbox outbox;

        Teller(RoleContext context, Peers peers) {
            database = Database.open(context.directory().resolve("pva.db"), Outbox.SCHEMA);
            outbox = Outbox.of(
                            database,
                            context.clock(),
                            context.random(),
                            Map.of("publish", (key, body) -> {
                                peers.ivf().publish(new Ivf.Publication(Opaque.of(body), List.of(), Optional.empty()));
                                return Outbox.FollowUp.NONE;
                            }),
                            (connection, kind, key, body, why) -> {})
                    .start();
        }

        @Override
        public void enrol(Ueid device, Opaque platformCertificate, Opaque ownerProof) {}

        @Override
        public void references(String supplier, Opaque signed) {}

        @Override
        public void validate(Request request) {
            database.change(connection -> outbox.add(
                    connection,
                    "publish",
                    request.registration().toString(),
                    request.registration().bytes()));
        }

        @Override
        public Optional<List<Ueid>> withdraw(String supplier, KnownBad what, Optional<Ueid> after) {
            return Optional.empty();
        }

        @Override
        public void revoked(String supplier, Ueid device) {}

        @Override
        public Authentications authenticate(Plmn operator, List<Applicant> applicants) {
            return new Authentications(Optional.empty(), List.of());
        }

        @Override
        public Counters counters() {
            return new Counters(0, 0, 0, 0, Duration.ZERO, Duration.ZERO);
        }

        @Override
        public void close() {
            outbox.close();
            database.close();
        }
    }

    @Test
    void deliversWhatIsOwedThoughEachRoleIsRestarted() throws Exception {
        Peers peers = peersOf("sho.262-01");
        peers.pva().validate(request(1));
        assertThat(heard(1)).containsExactly(request(1).registration().value());
        host.stop("ivf");
        peers.pva().validate(request(2));
        host.restart("pva");
        peers.pva().validate(request(3));
        host.startAgain("ivf");
        assertThat(heard(3))
                .containsExactlyInAnyOrder(
                        request(1).registration().value(),
                        request(2).registration().value(),
                        request(3).registration().value());
    }

    @Test
    void startsARoleAgainWhereItWas() throws Exception {
        URI before = book.find("pva").orElseThrow();
        for (int i = 0; i < 5; i++) {
            host.restart("pva");
            peersOf("sho.262-01").pva().validate(request(i));
        }
        assertThat(book.find("pva")).contains(before);
        assertThat(heard(5)).hasSize(5);
    }

    @Test
    void refusesToRunARoleTwice() {
        assertThatThrownBy(() -> host.startAgain("pva")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> host.stop("dpf")).isInstanceOf(IllegalArgumentException.class);
        host.stop("pva");
        assertThatThrownBy(() -> host.running("pva")).isInstanceOf(IllegalStateException.class);
    }

    private Peers peersOf(String name) {
        return WiredPeers.of(pki.context(name, directory), book);
    }

    private static Pva.Request request(int number) {
        byte[] nonce = new byte[Nonce.LENGTH];
        nonce[0] = (byte) number;
        return new Pva.Request(new Nonce(Opaque.of(nonce)), DEVICE, Plmn.parse("262-01"), "tre-soft");
    }

    /** What was published till now, when it is so many; a result whose acknowledgement a stop cut off comes twice. */
    private Set<Opaque> heard(int results) throws InterruptedException {
        while (heard.size() < results) {
            Opaque result = published.poll(20, TimeUnit.SECONDS);
            if (result == null) {
                break;
            }
            heard.add(result);
        }
        return heard;
    }
}
