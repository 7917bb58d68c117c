// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.OwnerOrder;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.Register;
import org.m2me.protocol.message.Relay;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;

/** The device leaves an operator that refuses, for good, whatever it is told by the device and by the subscriber. */
final class RefusingOperatorRunTest extends ChangeFixture {
    private Nonce old = new Nonce(Opaque.of(new byte[Nonce.LENGTH]));

    /** From now on the old operator says nothing but no. */
    private void provisionAndRefuse(ResultCode code) throws Exception {
        old = provision();
        Sho refusing = (Sho) Proxy.newProxyInstance(
                Sho.class.getClassLoader(), new Class<?>[] {Sho.class}, (self, method, arguments) -> {
                    throw new Refused(code, method.getName() + ": the customer is not to leave");
                });
        peers.set(OLD, refusing);
    }

    private void assertRefused(ResultCode code) {
        byte[] release = machine.release(old, OLD);
        assertThat(refusal(() -> drf.answer(machine.ueid, DeviceResource.RELEASE, release)))
                .isEqualTo(code);
    }

    private void assertTheNewOneServesAndNothingIsOwed() throws Exception {
        awaitIdle();
        assertThat(newSho.registrations(machine.ueid))
                .extracting(Sho.Standing::progress)
                .containsExactly(Sho.Progress.PROVISIONED);
        assertThat(count(NEW, "contract")).isEqualTo(1);
        assertThat(count(NEW, "auc_subscription")).isEqualTo(1);
        assertThat(drf.operatorOf(machine.ueid)).contains(NEW);
        assertThat(subscriber.subscriptions(machine.ueid))
                .isEqualTo(new Subscriber.Subscriptions(NEW, Optional.empty()));
        assertThat(oldSho.registrations(machine.ueid))
                .as("it did not listen")
                .extracting(Sho.Standing::progress)
                .containsExactly(Sho.Progress.PROVISIONED);
    }

    /** The device repeats its release on 30 days. */
    private byte[] listenAtLast() {
        peers.set(OLD, oldSho);
        return release(old);
    }

    @ParameterizedTest
    @EnumSource(names = {"FORBIDDEN", "NOT_FOUND"})
    void changesOverTheOldConnectivity(ResultCode code) throws Exception {
        provisionAndRefuse(code);
        OwnerOrder order = instruct(Procedure.CHANGE);
        Nonce nonce = obtain(register());
        assertRefused(code);
        end(nonce, order);
        assertTheNewOneServesAndNothingIsOwed();
        assertThat(newSho.registrations(machine.ueid).get(0).left()).isFalse();

        assertRefused(code);
        byte[] acknowledgement = listenAtLast();
        answer(DeviceResource.RELAY, new Relay(nonce, Opaque.of(acknowledgement)).encode());
        assertOnlyTheNewOperatorServes();
        assertThat(newSho.registrations(machine.ueid).get(0).left()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(names = {"FORBIDDEN", "NOT_FOUND"})
    void changesByWayOfThePristineState(ResultCode code) throws Exception {
        provisionAndRefuse(code);
        OwnerOrder order = instruct(Procedure.PRISTINE);
        assertRefused(code);
        Nonce nonce = obtain(new Register(
                Nonce.random(world.random), Optional.of(PCID), Procedure.PRISTINE, Optional.of(Machine.state())));
        end(nonce, order);
        assertTheNewOneServesAndNothingIsOwed();

        assertRefused(code);
        byte[] unused = listenAtLast();
        assertOnlyTheNewOperatorServes();
    }
}
