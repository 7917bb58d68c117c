// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.subscriber;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.m2me.operators.Machine;
import org.m2me.protocol.message.Activation;
import org.m2me.protocol.message.Activation.Terms;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

/** What the owner withdraws, for one device or for all: each hears of it, signed and with a higher number. */
final class WithdrawnActivationTest extends ActivationFixture {
    private Terms terms;

    @BeforeEach
    void offer() {
        terms = terms("telemetry.example");
    }

    /** As a device does: it asks, and asks again with what it has got. @return what it has then */
    private Activation settled(Machine asking, long held) throws Exception {
        Activation told = ask(asking, held).orElseThrow();
        assertThat(told.number()).isGreaterThan(held);
        assertThat(ask(asking, told.number())).isEmpty();
        return told;
    }

    private ResultCode code(ThrowingCallable asking) {
        return catchThrowableOfType(Refused.class, asking).code();
    }

    @Test
    void tellsTheDeviceAndNoOther() throws Exception {
        subscriber.activateAll(terms);
        long held = settled(machine, 0).number();
        settled(other, 0);

        subscriber.deactivate(machine.ueid);
        assertThat(announced(machine)).isTrue();
        assertThat(announced(other)).isFalse();
        Activation told = settled(machine, held);
        assertThat(told.terms()).isEmpty();
        assertThat(announced(machine)).isFalse();
        assertThat(subscriber.activation(machine.ueid).terms()).isEmpty();
        assertThat(subscriber.activation(machine.ueid).own()).isTrue();
        assertThat(subscriber.activation(machine.ueid).held()).isEqualTo(told.number());
        assertThat(subscriber.activation(other.ueid).terms()).contains(terms);
    }

    @Test
    void tellsAllButThoseThatHaveSomethingOfTheirOwn() throws Exception {
        subscriber.activateAll(terms);
        subscriber.activate(machine.ueid, terms);
        long held = settled(machine, 0).number();
        long others = settled(other, 0).number();

        subscriber.deactivateAll();
        assertThat(ask(machine, held)).isEmpty();
        assertThat(settled(other, others).terms()).isEmpty();
    }

    @Test
    void staysWithdrawnForOneDeviceWhenSomethingIsEnteredForAll() throws Exception {
        subscriber.activateAll(terms);
        subscriber.deactivateAll();
        subscriber.deactivate(machine.ueid);
        subscriber.activateAll(terms);
        assertThat(settled(machine, 0).terms()).isEmpty();
        assertThat(settled(other, 0).terms()).contains(terms);
    }

    @Test
    void hasNoSecondEffectWhenItIsRepeatedAlsoAfterARestart() throws Exception {
        subscriber.activateAll(terms);
        subscriber.deactivate(machine.ueid);
        subscriber.deactivateAll();
        long number = settled(machine, 0).number();
        long others = settled(other, 0).number();
        restart();
        subscriber.deactivate(machine.ueid);
        subscriber.deactivateAll();
        assertThat(ask(machine, number)).isEmpty();
        assertThat(ask(other, others)).isEmpty();
        assertThat(announced(machine)).isFalse();
    }

    @Test
    void isOverWhenSomethingIsEnteredAgain() throws Exception {
        subscriber.activate(machine.ueid, terms);
        subscriber.deactivate(machine.ueid);
        long number = settled(machine, 0).number();
        subscriber.activate(machine.ueid, terms);
        assertThat(settled(machine, number).terms()).contains(terms);
    }

    @Test
    void refusesWhereNothingWasEnteredAndWhoWasNotBought() {
        assertThat(code(() -> subscriber.deactivate(machine.ueid))).isEqualTo(ResultCode.NOT_FOUND);
        assertThat(code(() -> subscriber.deactivateAll())).isEqualTo(ResultCode.NOT_FOUND);
        assertThat(code(() -> subscriber.deactivate(new Machine(world.random).ueid)))
                .isEqualTo(ResultCode.UNKNOWN_DEVICE);
    }
}
