// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.subscriber;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.operators.Counterparts.IcfSide;
import org.m2me.operators.Counterparts.IvfSide;
import org.m2me.operators.Counterparts.SupplierSide;
import org.m2me.operators.Icf;
import org.m2me.operators.Ivf;
import org.m2me.operators.Machine;
import org.m2me.operators.Neighbours;
import org.m2me.operators.ShoSide;
import org.m2me.operators.Subscriber;
import org.m2me.operators.Subscriber.Progress;
import org.m2me.operators.Supplier;
import org.m2me.operators.World;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.OrderAnswer;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;

/** An order and the IVF, which is to hear of it and whose absence is no reason not to change. */
@Timeout(60)
final class PermittingTest {
    private static final Plmn NEW = Plmn.parse("262-02");
    private static final Duration WAIT = Duration.ofSeconds(5);

    @TempDir
    Path directory;

    private World world;
    private Neighbours peers;
    private ShoSide newSho;
    private IvfSide ivf;
    private Machine machine;
    private RoleContext context;
    private SubscriberRole subscriber;

    @BeforeEach
    void start() throws Exception {
        world = new World(directory);
        peers = new Neighbours();
        newSho = new ShoSide();
        ivf = new IvfSide();
        peers.set(World.OPERATOR, new ShoSide());
        peers.set(NEW, newSho);
        peers.set(Icf.class, new IcfSide());
        peers.set(Ivf.class, ivf);
        peers.set(Supplier.class, new SupplierSide());
        machine = new Machine(world.random);
        context = world.context("subscriber.fleet");
        open(WAIT);
        subscriber.choose(
                new Subscriber.Purchase(machine.ueid, Pcid.of("901700000000001"), machine.ownerToken, Optional.empty()),
                World.OPERATOR);
        world.awaitIdle("subscriber.fleet", "subscriber.db");
    }

    private void open(Duration wait) {
        SubscriberSettings settings = new SubscriberSettings("acme", Duration.ofDays(90), true, wait);
        subscriber = new SubscriberRole(context, peers, settings).start();
    }

    @AfterEach
    void stop() {
        subscriber.close();
    }

    private boolean isShown() {
        try {
            return subscriber
                    .answer(machine.ueid, DeviceResource.MAIL, new byte[0])
                    .isPresent();
        } catch (Refused refused) {
            throw new IllegalStateException(refused);
        }
    }

    private List<Progress> progress() {
        return subscriber.orders(machine.ueid).stream()
                .map(Subscriber.Ordered::progress)
                .toList();
    }

    private long rows(String condition) {
        return world.number(
                "subscriber.fleet", "subscriber.db", "SELECT COUNT(*) FROM outbox WHERE kind = 'permit'" + condition);
    }

    /** While no time passes. */
    private void spinUntil(BooleanSupplier condition) {
        long end = System.nanoTime() + World.PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    @Test
    void waitsForAnIvfThatIsAwayForAMomentOnlyAndTellsItLater() throws Exception {
        peers.set(Ivf.class, null);
        subscriber.change(machine.ueid, Procedure.CHANGE, NEW);
        spinUntil(() -> !newSho.contracts.isEmpty() && rows(" AND attempts > 0") == 1);
        assertThat(isShown()).isFalse();
        world.clock.advance(WAIT);
        spinUntil(() -> announcements(0).contains(machine.ueid));
        assertThat(isShown()).isTrue();
        assertThat(ivf.permissions).isEmpty();

        peers.set(Ivf.class, ivf);
        world.await("the IVF is told", () -> !ivf.permissions.isEmpty());
        assertThat(progress()).containsExactly(Progress.ORDERED);
    }

    @Test
    void announcesOnceAnOrderThatTheIvfDoesNotHearOf() throws Exception {
        peers.set(Ivf.class, null);
        subscriber.change(machine.ueid, Procedure.CHANGE, NEW);
        world.await("an order is announced", () -> announcements(0).contains(machine.ueid));
        long announced = subscriber.feed(0, Duration.ZERO).latest();
        world.await("it is tried again", () -> rows(" AND attempts > 4") == 1);
        assertThat(announcements(announced)).isEmpty();
    }

    private List<Ueid> announcements(long after) {
        try {
            return subscriber.feed(after, Duration.ZERO).devices();
        } catch (InterruptedException stop) {
            throw new IllegalStateException(stop);
        }
    }

    @Test
    void showsTheOrderAtOnceWhenTheIvfRefuses() throws Exception {
        ivf.refuse(ResultCode.FORBIDDEN);
        subscriber.change(machine.ueid, Procedure.CHANGE, NEW);
        spinUntil(this::isShown);
        assertThat(progress()).containsExactly(Progress.ORDERED);
        spinUntil(() -> rows("") == 0);
    }

    @Test
    void waitsForAnIvfThatIsBusyAsForOneThatIsAway() throws Exception {
        ivf.refuse(ResultCode.BUSY);
        subscriber.change(machine.ueid, Procedure.CHANGE, NEW);
        spinUntil(() -> !newSho.contracts.isEmpty() && rows(" AND attempts > 0") == 1);
        assertThat(isShown()).isFalse();
        world.await("an order waits", this::isShown);
    }

    private static Ivf hanging(CountDownLatch over) {
        return (Ivf) Proxy.newProxyInstance(
                Ivf.class.getClassLoader(), new Class<?>[] {Ivf.class}, (self, method, arguments) -> {
                    over.await();
                    throw new IllegalStateException("the test is over");
                });
    }

    @Test
    void doesNotWaitForAnAnswerThatNeverComes() throws Exception {
        subscriber.close();
        open(Duration.ofMillis(50));
        CountDownLatch over = new CountDownLatch(1);
        peers.set(Ivf.class, hanging(over));
        try {
            subscriber.change(machine.ueid, Procedure.CHANGE, NEW);
            world.await("an order waits", this::isShown);
        } finally {
            over.countDown();
        }
    }

    @Test
    void sendsTheOrderOutByAClockThatWasSetBackToo() throws Exception {
        peers.set(Ivf.class, null);
        subscriber.change(machine.ueid, Procedure.CHANGE, NEW);
        spinUntil(() -> !newSho.contracts.isEmpty() && rows(" AND attempts > 0") == 1);
        subscriber.close();
        world.clock.advance(Duration.ofDays(-1));
        open(WAIT);
        spinUntil(this::isShown);
    }

    @Test
    void failsNoOrderThatTheIvfDidNotHearOfUntilNobodyTriesAnyMore() throws Exception {
        peers.set(Ivf.class, null);
        subscriber.change(machine.ueid, Procedure.CHANGE, NEW);
        world.await("an order waits", this::isShown);
        subscriber.close();
        try (Connection connection = world.connect("subscriber.fleet", "subscriber.db");
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE outbox SET attempts = 1000000 WHERE kind = 'permit'");
        }
        open(WAIT);
        world.awaitIdle("subscriber.fleet", "subscriber.db");
        assertThat(progress()).containsExactly(Progress.ORDERED);
        assertThat(isShown()).isTrue();
    }

    @Test
    void tellsNobodyAboutAnOrderThatIsOver() throws Exception {
        peers.set(Ivf.class, null);
        subscriber.change(machine.ueid, Procedure.CHANGE, NEW);
        world.await("an order waits", this::isShown);
        OrderAnswer no = new OrderAnswer(
                machine.order(Machine.mail(subscriber.answer(machine.ueid, DeviceResource.MAIL, new byte[0])))
                        .id(),
                ResultCode.POLICY,
                true);
        var unused = subscriber.answer(machine.ueid, DeviceResource.ORDER, no.encode());
        world.awaitIdle("subscriber.fleet", "subscriber.db");
        assertThat(rows("")).isZero();
    }
}
