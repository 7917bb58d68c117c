// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.m2me.operators.Ivf.Standing;
import org.m2me.operators.Sho.FallBack;
import org.m2me.operators.ivf.IvfRole;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.OrderAnswer;
import org.m2me.protocol.message.OwnerOrder;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.Register;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;

/** Both changes with an IVF that is away throughout, or will not be told who may inquire: then the PVA validates. */
final class IvfAwayRunTest extends ChangeFixture {
    private Optional<IvfRole> real = Optional.empty();

    @AfterEach
    void stopIvf() {
        real.ifPresent(IvfRole::close);
    }

    /** Keeps a result of this device, and knows its owner by another token than the one in its box. */
    private void replaceByOneThatKnowsAnotherOwner() throws Refused {
        IvfRole role = new IvfRole(world.context("ivf"), world.certify("pva", pvaKey));
        role.publish(new Ivf.Publication(
                Opaque.of(machine.result(world.clock.instant()).sign(pvaKey)),
                Machine.MEASURED,
                Optional.of(digest())));
        real = Optional.of(role);
        peers.set(Ivf.class, role);
        Ivf.Permission ours =
                new Ivf.Permission("fleet", NEW, List.of(new Ivf.Owned(machine.ueid, machine.inquiryToken())));
        assertThat(catchThrowableOfType(Refused.class, () -> role.permit(ours)).code())
                .isEqualTo(ResultCode.FORBIDDEN);
    }

    private static Opaque digest() {
        return Opaque.of(new byte[32]);
    }

    private void changeOverTheOldConnectivity(Nonce old) throws Exception {
        subscriber.change(machine.ueid, Procedure.CHANGE, NEW);
        OwnerOrder order = take(Procedure.CHANGE);
        world.awaitIdle("sho." + NEW, "sho.db"); // the DRF expects the device
        change(old, order, register());
    }

    private void changeByWayOfThePristineState(Nonce old) throws Exception {
        subscriber.change(machine.ueid, Procedure.PRISTINE, NEW);
        OwnerOrder order = take(Procedure.PRISTINE);
        world.awaitIdle("sho." + NEW, "sho.db"); // the DRF expects the device
        release(old);
        end(obtain(pristine()), order);
        assertOnlyTheNewOperatorServes();
    }

    private Register pristine() {
        return new Register(
                Nonce.random(world.random), Optional.of(PCID), Procedure.PRISTINE, Optional.of(Machine.state()));
    }

    private void assertThePvaValidatedBecauseOf(String why) {
        assertThat(pva.requests).extracting(Pva.Request::operator).containsExactly(OLD, NEW);
        assertThat(newSho.validationCounts().fallBacks()).containsExactly(new Count(why, 1));
        assertThat(ivf.permissions).isEmpty();
    }

    @Test
    void changesOverTheOldConnectivityWhileTheIvfIsAway() throws Exception {
        Nonce old = provision();
        peers.set(Ivf.class, null);
        changeOverTheOldConnectivity(old);
        assertThePvaValidatedBecauseOf(FallBack.UNREACHABLE.name());
    }

    @Test
    void changesByWayOfThePristineStateWhileTheIvfIsAway() throws Exception {
        Nonce old = provision();
        peers.set(Ivf.class, null);
        changeByWayOfThePristineState(old);
        assertThePvaValidatedBecauseOf(FallBack.UNREACHABLE.name());
    }

    @Test
    void changesOverTheOldConnectivityThoughTheIvfRefusesThePermission() throws Exception {
        Nonce old = provision();
        replaceByOneThatKnowsAnotherOwner();
        changeOverTheOldConnectivity(old);
        assertThePvaValidatedBecauseOf(Standing.NOT_PERMITTED.name());
    }

    @Test
    void changesByWayOfThePristineStateThoughTheIvfRefusesThePermission() throws Exception {
        Nonce old = provision();
        replaceByOneThatKnowsAnotherOwner();
        changeByWayOfThePristineState(old);
        assertThePvaValidatedBecauseOf(Standing.NOT_PERMITTED.name());
    }

    @Test
    void changesByWayOfThePristineStateWhenTheOldOperatorIsGoneAndTheIvfWithIt() throws Exception {
        Nonce old = provision();
        peers.set(OLD, null);
        peers.set(Ivf.class, null);
        subscriber.change(machine.ueid, Procedure.PRISTINE, NEW);
        OwnerOrder order = take(Procedure.PRISTINE);
        byte[] release = machine.release(old, OLD);
        assertThat(refusal(() -> drf.answer(machine.ueid, DeviceResource.RELEASE, release)))
                .isEqualTo(ResultCode.UNAVAILABLE);
        Nonce nonce = obtain(pristine());
        answer(DeviceResource.REPORT, machine.report(nonce, ResultCode.OK));
        answer(DeviceResource.ORDER, new OrderAnswer(order.id(), ResultCode.OK, true).encode());
        assertThat(subscriber.orders(machine.ueid))
                .extracting(Subscriber.Ordered::progress)
                .containsExactly(Subscriber.Progress.DONE);
        assertThePvaValidatedBecauseOf(FallBack.UNREACHABLE.name());
    }
}
