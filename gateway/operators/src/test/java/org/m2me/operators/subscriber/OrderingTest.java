// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.subscriber;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.m2me.operators.World.OPERATOR;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
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
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Mail;
import org.m2me.protocol.message.OrderAnswer;
import org.m2me.protocol.message.OwnerOrder;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;
import org.m2me.protocol.step.Step;

/** The owner changes operator: what others have to know first, and what they are owed afterwards. */
final class OrderingTest {
    private static final Plmn NEW = Plmn.parse("262-02");
    private static final Plmn THIRD = Plmn.parse("262-03");
    private static final SubscriberSettings SETTINGS =
            new SubscriberSettings("acme", Duration.ofDays(90), true, SubscriberSettings.PERMISSION_WAIT);

    @TempDir
    Path directory;

    private World world;
    private Neighbours peers;
    private ShoSide oldSho;
    private ShoSide newSho;
    private ShoSide third;
    private IcfSide icf;
    private IvfSide ivf;
    private SupplierSide supplier;
    private Machine machine;
    private RoleContext context;
    private SubscriberRole subscriber;

    @BeforeEach
    void start() throws Exception {
        world = new World(directory);
        peers = new Neighbours();
        oldSho = new ShoSide();
        newSho = new ShoSide();
        third = new ShoSide();
        icf = new IcfSide();
        ivf = new IvfSide();
        peers.set(OPERATOR, oldSho);
        peers.set(NEW, newSho);
        peers.set(THIRD, third);
        peers.set(Icf.class, icf);
        peers.set(Ivf.class, ivf);
        supplier = new SupplierSide();
        peers.set(Supplier.class, supplier);
        machine = new Machine(world.random);
        context = world.context("subscriber.fleet");
        subscriber = new SubscriberRole(context, peers, SETTINGS).start();
        subscriber.choose(
                new Subscriber.Purchase(machine.ueid, Pcid.of("901700000000001"), machine.ownerToken, Optional.empty()),
                OPERATOR);
        awaitIdle();
    }

    @AfterEach
    void stop() {
        subscriber.close();
    }

    private void restart() {
        subscriber.close();
        subscriber = new SubscriberRole(context, peers, SETTINGS).start();
    }

    private void awaitIdle() {
        world.awaitIdle("subscriber.fleet", "subscriber.db");
    }

    private Optional<byte[]> mail() throws Refused {
        return subscriber.answer(machine.ueid, DeviceResource.MAIL, new byte[0]);
    }

    /** What waits for the device, which must be by its owner. */
    private OwnerOrder waiting() throws Refused, ForgedException {
        world.await("an order waits", () -> {
            try {
                return mail().isPresent();
            } catch (Refused refused) {
                throw new IllegalStateException(refused);
            }
        });
        return machine.order(Machine.mail(mail()));
    }

    private void say(OwnerOrder order, ResultCode code, boolean ended) throws Refused {
        assertThat(subscriber.answer(
                        machine.ueid, DeviceResource.ORDER, new OrderAnswer(order.id(), code, ended).encode()))
                .isPresent();
    }

    private List<Progress> progress() {
        return subscriber.orders(machine.ueid).stream()
                .map(Subscriber.Ordered::progress)
                .toList();
    }

    private static ResultCode refusal(ThrowingCallable call) {
        return catchThrowableOfType(Refused.class, call).code();
    }

    @Test
    void showsTheOrderOnlyWhenTheOperatorKnows() throws Exception {
        peers.set(NEW, null);
        subscriber.change(machine.ueid, Procedure.CHANGE, NEW);
        world.await("the IVF is told", () -> !ivf.permissions.isEmpty());
        assertThat(mail()).isEmpty();
        restart();
        peers.set(NEW, newSho);
        OwnerOrder order = waiting();
        assertThat(order.operator()).isEqualTo(NEW);
        assertThat(newSho.contracts.get(0).ownerToken()).isEqualTo(machine.tokenFor(NEW));
        assertThat(subscriber.feed(0, World.PATIENCE).devices()).containsExactly(machine.ueid);
    }

    @Test
    void readsAsAnOrderOfTheOwnerToThisDeviceOnly() throws Exception {
        subscriber.change(machine.ueid, Procedure.CHANGE, NEW);
        assertThat(waiting().number()).isEqualTo(1);
        Mail mail = Machine.mail(mail());
        assertThatThrownBy(() -> new Machine(world.random).order(mail)).isInstanceOf(ForgedException.class);
    }

    @Test
    void refusesWhatItCannotOrder() {
        Ueid stranger = new Machine(world.random).ueid;
        assertThat(refusal(() -> subscriber.change(stranger, Procedure.CHANGE, NEW)))
                .isEqualTo(ResultCode.UNKNOWN_DEVICE);
        assertThat(refusal(() -> subscriber.change(machine.ueid, Procedure.CHANGE, Plmn.parse("001-01"))))
                .isEqualTo(ResultCode.NO_OPERATOR);
        assertThat(refusal(() -> subscriber.change(machine.ueid, Procedure.INITIAL, NEW)))
                .isEqualTo(ResultCode.MALFORMED);
        assertThat(subscriber.orders(machine.ueid)).isEmpty();
    }

    @Test
    void failsAnOrderWhoseContractIsRefused() throws Exception {
        newSho.refuse(ResultCode.FORBIDDEN);
        subscriber.change(machine.ueid, Procedure.CHANGE, NEW);
        awaitIdle();
        assertThat(progress()).containsExactly(Progress.FAILED);
        assertThat(subscriber.orders(machine.ueid).get(0).code()).isEqualTo(ResultCode.FORBIDDEN);
        assertThat(mail()).isEmpty();
        assertThat(oldSho.cancelled).isEmpty();
    }

    @Test
    void activatesThePcidAgainForADeviceThatGoesByWayOfThePristineState() throws Exception {
        icf.refuse(ResultCode.PCID_UNKNOWN);
        subscriber.change(machine.ueid, Procedure.PRISTINE, NEW);
        awaitIdle();
        assertThat(subscriber.orders(machine.ueid).get(0).code()).isEqualTo(ResultCode.PCID_UNKNOWN);
        icf.refuse(null);
        subscriber.change(machine.ueid, Procedure.PRISTINE, NEW);
        assertThat(waiting().number()).isEqualTo(2);
        assertThat(icf.activated).hasSize(2);
    }

    @Test
    void endsTheContractWithTheOperatorBeforeWhenTheDeviceIsDone() throws Exception {
        subscriber.change(machine.ueid, Procedure.CHANGE, NEW);
        OwnerOrder order = waiting();
        say(order, ResultCode.OK, false);
        say(order, ResultCode.OK, false);
        assertThat(mail()).isEmpty();
        assertThat(progress()).containsExactly(Progress.TAKEN);
        assertThat(oldSho.cancelled).isEmpty();
        say(order, ResultCode.OK, true);
        say(order, ResultCode.OK, true);
        awaitIdle();
        assertThat(progress()).containsExactly(Progress.DONE);
        assertThat(oldSho.cancelled).containsExactly(machine.ueid);
        assertThat(newSho.cancelled).isEmpty();
        assertThat(world.codes(Step.INSTRUCT)).containsExactly(ResultCode.OK);
        subscriber.change(machine.ueid, Procedure.CHANGE, OPERATOR);
        say(waiting(), ResultCode.OK, true);
        awaitIdle();
        assertThat(newSho.cancelled).containsExactly(machine.ueid);
    }

    @Test
    void endsNoContractWhereBothSubscriptionsStayOnBoard() throws Exception {
        subscriber.change(machine.ueid, Procedure.ADD, NEW);
        say(waiting(), ResultCode.OK, true);
        subscriber.change(machine.ueid, Procedure.SWITCH, NEW);
        awaitIdle();
        say(waiting(), ResultCode.OK, true);
        subscriber.change(machine.ueid, Procedure.SWITCH, OPERATOR);
        awaitIdle();
        say(waiting(), ResultCode.NOT_FOUND, true);
        awaitIdle();
        assertThat(progress()).containsExactly(Progress.FAILED, Progress.DONE, Progress.DONE);
        assertThat(oldSho.cancelled).isEmpty();
        assertThat(newSho.cancelled).isEmpty();
        assertThat(newSho.contracts).hasSize(1);
    }

    @Test
    void showsASwitchOnlyWhenTheOperatorMayServeTheDevice() throws Exception {
        subscriber.change(machine.ueid, Procedure.ADD, NEW);
        say(waiting(), ResultCode.OK, true);
        newSho.refuse(ResultCode.UNAVAILABLE); // the regulator does not answer
        subscriber.change(machine.ueid, Procedure.SWITCH, NEW);
        assertThat(mail()).isEmpty();
        newSho.refuse(null);
        OwnerOrder order = waiting();
        assertThat(newSho.asked).containsExactly(order.id());

        newSho.refuse(ResultCode.FORBIDDEN_BY_REGULATOR);
        say(order, ResultCode.BUSY, true);
        subscriber.change(machine.ueid, Procedure.SWITCH, NEW);
        awaitIdle();
        assertThat(mail()).isEmpty();
        assertThat(subscriber.orders(machine.ueid).get(0).code()).isEqualTo(ResultCode.FORBIDDEN_BY_REGULATOR);
        assertThat(newSho.cancelled).isEmpty();
    }

    @Test
    void replacesAnOrderByANewerOneAndEndsTheContractThatNothingCameOf() throws Exception {
        subscriber.change(machine.ueid, Procedure.CHANGE, NEW);
        OwnerOrder first = waiting();
        subscriber.change(machine.ueid, Procedure.CHANGE, THIRD);
        awaitIdle();
        OwnerOrder second = waiting();
        assertThat(second.operator()).isEqualTo(THIRD);
        assertThat(second.number()).isEqualTo(2);
        say(first, ResultCode.OK, false); // a device that had read it before
        assertThat(progress()).containsExactly(Progress.ORDERED, Progress.REPLACED);
        assertThat(newSho.cancelled).isEmpty();
        say(second, ResultCode.OK, true);
        awaitIdle();
        assertThat(newSho.cancelled).containsExactly(machine.ueid);
        assertThat(oldSho.cancelled).containsExactly(machine.ueid);
        assertThat(third.cancelled).isEmpty();
    }

    @Test
    void endsTheContractThatNothingCameOfWithAnOperatorThatServedTheDeviceOnce() throws Exception {
        for (Plmn operator : List.of(NEW, OPERATOR)) {
            subscriber.change(machine.ueid, Procedure.CHANGE, operator);
            say(waiting(), ResultCode.OK, true);
            awaitIdle();
        }
        assertThat(newSho.cancelled).hasSize(1);
        subscriber.change(machine.ueid, Procedure.CHANGE, NEW);
        awaitIdle();
        subscriber.change(machine.ueid, Procedure.CHANGE, THIRD);
        say(waiting(), ResultCode.OK, true);
        awaitIdle();
        assertThat(newSho.cancelled).hasSize(2);
    }

    @Test
    void believesADeviceThatWasPastGivingUpWhenItsOrderWasReplaced() throws Exception {
        subscriber.change(machine.ueid, Procedure.CHANGE, NEW);
        OwnerOrder first = waiting();
        say(first, ResultCode.OK, false);
        subscriber.change(machine.ueid, Procedure.CHANGE, THIRD);
        awaitIdle();
        say(waiting(), ResultCode.BUSY, true);
        say(first, ResultCode.OK, true);
        awaitIdle();
        assertThat(progress()).containsExactly(Progress.FAILED, Progress.DONE);
        assertThat(third.cancelled).containsExactly(machine.ueid);
        assertThat(oldSho.cancelled).containsExactly(machine.ueid);
        assertThat(newSho.cancelled).isEmpty();
    }

    @Test
    void takesNoAnswerToAnOrderOfAnotherDevice() throws Exception {
        subscriber.change(machine.ueid, Procedure.CHANGE, NEW);
        byte[] answer = new OrderAnswer(waiting().id(), ResultCode.OK, true).encode();
        Ueid stranger = new Machine(world.random).ueid;
        assertThat(refusal(() -> subscriber.answer(stranger, DeviceResource.ORDER, answer)))
                .isEqualTo(ResultCode.NOT_FOUND);
        assertThat(refusal(() -> subscriber.answer(machine.ueid, DeviceResource.ORDER, new byte[] {1})))
                .isEqualTo(ResultCode.MALFORMED);
        assertThat(progress()).containsExactly(Progress.ORDERED);
    }
}
