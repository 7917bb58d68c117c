// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.m2me.operators.Subscriber.Progress;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Mail;
import org.m2me.protocol.message.OrderAnswer;
import org.m2me.protocol.message.OwnerOrder;
import org.m2me.protocol.message.Register;
import org.m2me.protocol.message.RegisterAnswer;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;

/** A device that leaves a subscription by itself because it does not work, and one that switches: what each role believes. */
final class FallBackRunTest extends ChangeFixture {
    private static final long INSTALLED = 7;
    private static final long SWITCHED = 9;
    private static final long FELL_BACK = 11;

    /** With both on board. @return the registration of the new one, which the device has not reported yet */
    private Nonce add() throws Exception {
        provision();
        OwnerOrder order = instruct(Procedure.ADD);
        Nonce nonce = obtain(new Register(
                Nonce.random(world.random), Optional.empty(), Procedure.ADD, Optional.of(Machine.state())));
        done(order);
        return nonce;
    }

    private void switchTo(Plmn operator) throws Exception {
        subscriber.change(machine.ueid, Procedure.SWITCH, operator);
        done(machine.order(Mail.decode(answer(DeviceResource.MAIL, new byte[0]))));
    }

    private void done(OwnerOrder order) {
        answer(DeviceResource.ORDER, new OrderAnswer(order.id(), ResultCode.OK, true).encode());
    }

    private void report(Nonce registration, ResultCode code, long generation) {
        answer(DeviceResource.REPORT, machine.report(registration, code, generation));
    }

    /** Where the DRF sends a device that comes with its PCID. */
    private Plmn ledTo() throws Exception {
        Register register = Register.initial(Nonce.random(world.random), Optional.of(PCID));
        return RegisterAnswer.decode(answer(DeviceResource.REGISTER, register.encode()))
                .operator();
    }

    private Subscriber.Ordered newestOrder() {
        return subscriber.orders(machine.ueid).get(0);
    }

    @Test
    void goesBackToTheSubscriptionThatItHadBesidesInEverybodysView() throws Exception {
        Nonce nonce = add();
        report(nonce, ResultCode.OK, INSTALLED);
        switchTo(NEW);
        report(nonce, ResultCode.OK, SWITCHED);
        awaitIdle();
        assertThat(newestOrder().progress()).isEqualTo(Progress.DONE);

        report(nonce, ResultCode.AUTHENTICATION_FAILED, FELL_BACK);
        report(nonce, ResultCode.AUTHENTICATION_FAILED, FELL_BACK);
        awaitIdle();
        assertThat(newestOrder().progress()).isEqualTo(Progress.FAILED);
        assertThat(newestOrder().code()).isEqualTo(ResultCode.AUTHENTICATION_FAILED);
        assertThat(count(NEW, "contract")).isZero();
        assertThat(count(NEW, "auc_subscription")).isZero();
        assertThat(count(OLD, "contract")).isEqualTo(1);
        assertThat(count(OLD, "auc_subscription")).isEqualTo(1);
        assertThat(ledTo()).isEqualTo(OLD);
    }

    @Test
    void knowsInEveryOrderOfEventsThatTheOwnerMovedOnMeanwhile() throws Exception {
        Nonce nonce = add();
        report(nonce, ResultCode.OK, INSTALLED);
        switchTo(NEW);
        switchTo(OLD);
        report(nonce, ResultCode.AUTHENTICATION_FAILED, FELL_BACK); // late: it was in use before
        awaitIdle();
        assertThat(newestOrder().progress()).isEqualTo(Progress.DONE);
        assertThat(count(NEW, "contract")).isZero();
        assertThat(count(OLD, "contract")).isEqualTo(1);
        assertThat(ledTo()).isEqualTo(OLD);
    }

    @Test
    void isFoundWhereItSwitchedBackToThoughTheWordOfTheOtherOperatorCameLast() throws Exception {
        Nonce nonce = add();
        report(nonce, ResultCode.OK, INSTALLED);
        switchTo(NEW);
        switchTo(OLD);
        awaitIdle();
        Opaque certificate = Opaque.of(newContext.certificate().der());
        drf.subscribed(new Drf.Expectation(machine.ueid, NEW, certificate));

        report(nonce, ResultCode.AUTHENTICATION_FAILED, FELL_BACK);
        awaitIdle();

        assertThat(ledTo()).isEqualTo(OLD);
    }

    @Test
    void comesAgainWithItsPcidToTheOperatorThatItLeftWhenItHasNothingElse() throws Exception {
        provision();
        OwnerOrder order = instruct(Procedure.CHANGE);
        Nonce nonce = obtain(register());
        report(nonce, ResultCode.OK, INSTALLED);
        done(order);
        awaitIdle();
        int activated = icf.activated.size();

        report(nonce, ResultCode.AUTHENTICATION_FAILED, FELL_BACK);
        awaitIdle();
        assertThat(newestOrder().progress()).isEqualTo(Progress.FAILED);
        assertThat(count(NEW, "contract")).isEqualTo(1);
        assertThat(count(NEW, "auc_subscription")).isZero();
        assertThat(icf.activated).hasSize(activated + 1);
        Register again = Register.initial(Nonce.random(world.random), Optional.of(PCID));
        report(obtain(again), ResultCode.OK, FELL_BACK + 1);
        awaitIdle();
        assertThat(count(NEW, "auc_subscription")).isEqualTo(1);
    }

    @Test
    void isFoundWhereItSwitchedToThoughItsReportOfTheAdditionWasLost() throws Exception {
        Nonce nonce = add();
        switchTo(NEW); // the one report that it owes comes after its word to the owner
        report(nonce, ResultCode.OK, SWITCHED);
        awaitIdle();
        assertThat(ledTo()).isEqualTo(NEW);
    }

    @Test
    void isFoundWhereItSwitchedBackTo() throws Exception {
        Nonce nonce = add();
        report(nonce, ResultCode.OK, INSTALLED);
        switchTo(NEW);
        report(nonce, ResultCode.OK, SWITCHED);
        awaitIdle();
        switchTo(OLD);
        awaitIdle();
        assertThat(ledTo()).isEqualTo(OLD);
    }
}
