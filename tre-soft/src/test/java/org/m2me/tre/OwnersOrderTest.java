// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.m2me.hal.TrustException;
import org.m2me.hal.TrustedEnvironment.Change;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.OrderAnswer;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;

/** Whose orders a device takes, and which. */
class OwnersOrderTest extends ChangeFixture {
    @Test
    void refusesAnOrderThatIsForged() throws Exception {
        byte[] order = device.ownersOrder(1, Procedure.CHANGE, network.other);
        for (int i = 0; i < order.length; i++) {
            byte[] flipped = order.clone();
            flipped[i] ^= (byte) (1 << i % 8);
            assertRefused(ResultCode.NOT_AUTHORIZED, flipped);
        }
        assertRefused(ResultCode.NOT_AUTHORIZED, new byte[0]);
        assertRefused(ResultCode.NOT_AUTHORIZED, Arrays.copyOf(order, order.length - 1));
        assertRefused(ResultCode.NOT_AUTHORIZED, new byte[10_000]);
    }

    @Test
    void refusesAnOrderToAnotherDevice() throws Exception {
        assertRefused(
                ResultCode.NOT_AUTHORIZED,
                new TestDevice(network).ownersOrder(1, Procedure.CHANGE, network.other)); // of the same owner
    }

    @Test
    void refusesAnOrderBySomebodyWhoHasAnOperatorsTokenOnly() throws Exception {
        for (TestNetwork.Operator operator : List.of(network.home, network.other)) {
            Opaque token = TestNetwork.operatorToken(operator.plmn());
            assertRefused(ResultCode.NOT_AUTHORIZED, device.ownersOrder(1, Procedure.CHANGE, network.other, token));
        }
    }

    @Test
    void refusesAnOrderThatIsOlderThanOneItTook() throws Exception {
        byte[] older = device.ownersOrder(4, Procedure.CHANGE, network.third);
        byte[] same = device.ownersOrder(5, Procedure.CHANGE, network.third);
        TestChange change = change(5, Procedure.CHANGE, network.other);
        environment.order(change.order);
        assertRefused(ResultCode.NONCE_USED, older);
        assertRefused(ResultCode.NONCE_USED, same);
        environment.abandonChange(ResultCode.NO_CONTRACT.number());
        assertRefused(ResultCode.NONCE_USED, change.order); // replayed
        restart();
        assertRefused(ResultCode.NONCE_USED, change.order);
        assertRefused(ResultCode.NONCE_USED, older);
    }

    @Test
    void takesARepeatedOrderForTheSameChange() throws Exception {
        TestChange change = change(1, Procedure.CHANGE, network.other);
        Change first = environment.order(change.order);
        byte[] registration = environment.openRegistration();
        byte[] told = environment.owedAnswer().orElseThrow();
        environment.answerAcknowledged(told);
        restart();
        assertThat(environment.order(change.order)).isEqualTo(first);
        assertThat(environment.openRegistration()).isEqualTo(registration);
        assertThat(environment.owedAnswer()).hasValue(told); // the owner has lost it
    }

    @Test
    void takesANewerOrderInPlaceOfOneThatHasDiscardedNothing() throws Exception {
        TestChange first = change(1, Procedure.CHANGE, network.other);
        environment.order(first.order);
        byte[] late = first.envelope(environment);
        Nonce registration = new Nonce(Opaque.of(environment.openRegistration()));
        environment.stage(late);
        TestChange second = change(2, Procedure.CHANGE, network.third);
        environment.order(second.order);
        assertThat(first.report(environment).registration()).isEqualTo(registration); // its operator learns of it
        assertThat(first.report(environment).code()).isEqualTo(ResultCode.NOT_AUTHORIZED);
        environment.openRegistration();
        assertThatThrownBy(() -> environment.bindOperator(network.other.name(), network.other.der()))
                .isInstanceOf(TrustException.class);
        second.run(environment);
        assertThat(operator()).isEqualTo("234-15");
        TestChange.assertSound(environment, network.pcidKey, List.of(old, first.key, second.key));
    }

    @Test
    void takesNoOtherOrderOnceTheOldSubscriptionIsGone() throws Exception {
        TestChange change = change(1, Procedure.CHANGE, network.other);
        environment.order(change.order);
        environment.stage(change.envelope(environment));
        environment.discard();
        assertRefused(ResultCode.BUSY, device.ownersOrder(2, Procedure.CHANGE, network.third));
        assertThatThrownBy(() -> environment.abandonChange(ResultCode.POLICY.number()))
                .isInstanceOf(IllegalStateException.class);
        assertThat(environment.change()).isPresent();
    }

    @Test
    void takesAnotherOrderWhileItIsPristineForTheOperatorOfTheFirstMayNeverWantIt() throws Exception {
        TestChange first = change(1, Procedure.PRISTINE, network.other);
        environment.order(first.order);
        environment.discard();
        TestChange second = change(2, Procedure.PRISTINE, network.third);
        environment.order(second.order);
        second.run(environment);
        assertThat(operator()).isEqualTo("234-15");
        assertThat(second.releases(environment)).hasSize(1);
    }

    @Test
    void switchesToNothingThatIsNotOnBoard() throws Exception {
        assertRefused(ResultCode.NOT_FOUND, device.ownersOrder(1, Procedure.SWITCH, network.other));
    }

    @Test
    void givesAnOrderUpAndSaysWhy() throws Exception {
        TestChange change = change(1, Procedure.CHANGE, network.other);
        String id = environment.order(change.order).id();
        byte[] registration = environment.openRegistration();
        environment.abandonChange(ResultCode.POLICY.number());
        environment.abandonChange(ResultCode.POLICY.number());
        restart();
        assertThat(TestChange.answer(environment))
                .isEqualTo(new OrderAnswer(new Nonce(Opaque.hex(id)), ResultCode.POLICY, true));
        assertThat(environment.change()).isEmpty();
        assertThat(environment.openRegistration()).isNotEqualTo(registration);
        assertThat(TestChange.works(environment.usim(), old)).isTrue();
    }

    @Test
    void keepsAnAnswerThatCameInPlaceOfTheOneThatIsAcknowledged() throws Exception {
        TestChange change = change(1, Procedure.CHANGE, network.other);
        environment.order(change.order);
        byte[] taken = environment.owedAnswer().orElseThrow();
        change.run(environment);
        environment.answerAcknowledged(taken);
        assertThat(TestChange.answer(environment).ended()).isTrue();
    }
}
