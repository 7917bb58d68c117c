// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.m2me.operators.World.OPERATOR;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.m2me.operators.Drf;
import org.m2me.operators.Machine;
import org.m2me.operators.Pva;
import org.m2me.operators.Sho;
import org.m2me.operators.store.StorageFailed;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Step;

/** Contracts, and step 7. */
final class RegistrationTest extends ShoFixture {
    @Test
    void tellsTheDrfOfTheDeviceAndWithWhichCertificateItsMcimIsSigned() throws Exception {
        sho.contract(contract(machine));
        world.await("the DRF is told", () -> !drf.expectations.isEmpty());
        awaitIdle();
        assertThat(drf.expectations)
                .containsExactly(new Drf.Expectation(
                        machine.ueid, OPERATOR, Opaque.of(context.certificate().der())));
    }

    @Test
    void tellsTheDrfAgainWhenItRefusedBefore() throws Exception {
        drf.refuse(ResultCode.FORBIDDEN);
        Machine another = new Machine(world.random);
        sho.contract(contract(another));
        awaitIdle();
        drf.refuse(null);
        sho.contract(contract(another));
        world.await(
                "the DRF is told",
                () -> drf.expectations.stream()
                        .anyMatch(expectation -> expectation.device().equals(another.ueid)));
    }

    @Test
    void hasTheDrfAwaitNobodyWhoseContractWasMadeAndEndedAgainWhileTheDrfWasAway() throws Exception {
        awaitIdle();
        peers.set(Drf.class, null);
        sho.cancel(machine.ueid, "fleet");
        sho.contract(contract(machine));
        sho.cancel(machine.ueid, "fleet");
        peers.set(Drf.class, drf);
        awaitIdle();
        assertThat(drf.expectations).isEmpty();
    }

    @Test
    void refusesAContractForAnotherSubscribersDevice() {
        Sho.Contract another = new Sho.Contract(machine.ueid, "somebody", machine.ownerToken);
        assertThat(refusal(() -> sho.contract(another))).isEqualTo(ResultCode.FORBIDDEN);
        Sho.Contract cut = new Sho.Contract(machine.ueid, "fleet", Opaque.hex("00"));
        assertThat(refusal(() -> sho.contract(cut))).isEqualTo(ResultCode.MALFORMED);
    }

    @Test
    void asksThePvaToValidateADeviceUnderContract() throws Exception {
        Nonce nonce = register();
        world.await("the PVA is asked", () -> !pva.requests.isEmpty());
        assertThat(pva.requests).containsExactly(new Pva.Request(nonce, machine.ueid, OPERATOR, Machine.POLICY));
        assertThat(world.taken()).containsExactly(Step.REGISTER_WITH_SHO);
    }

    @Test
    void refusesADeviceWithoutAContract() {
        Machine stranger = new Machine(world.random);
        assertThat(refusal(() -> register(stranger))).isEqualTo(ResultCode.NO_CONTRACT);
        assertThat(count("registration")).isZero();
        assertThat(world.codes(Step.REGISTER_WITH_SHO)).containsExactly(ResultCode.NO_CONTRACT);
    }

    @Test
    void registersOnceHoweverOftenItIsAsked() throws Exception {
        Sho.Registration registration = Sho.Registration.initial(nonce(), machine.ueid, Optional.empty());
        sho.register(registration);
        sho.register(registration);
        awaitIdle();
        restart();
        sho.register(registration);
        awaitIdle();
        assertThat(pva.requests).hasSize(1);
        assertThat(world.taken()).containsExactly(Step.REGISTER_WITH_SHO);
    }

    @Test
    void listsTheNewestRegistrationFirstThoughTheClockWasSetBack() throws Exception {
        Nonce first = register();
        world.clock.advance(Duration.ofHours(-1));
        Nonce second = register();
        Nonce third = register();
        assertThat(sho.registrations(machine.ueid))
                .extracting(Sho.Standing::registration)
                .containsExactly(third, second, first);
    }

    @Test
    void refusesANonceThatIsAnotherDevices() throws Exception {
        Nonce nonce = register();
        Machine other = new Machine(world.random);
        sho.contract(contract(other));
        Sho.Registration stolen = Sho.Registration.initial(nonce, other.ueid, Optional.empty());
        assertThat(refusal(() -> sho.register(stolen))).isEqualTo(ResultCode.NONCE_USED);
    }

    @Test
    void asksThePvaAfterARestartWhatItOwed() throws Exception {
        peers.set(Pva.class, null);
        register();
        restart();
        peers.set(Pva.class, pva);
        world.await("the PVA is asked", () -> !pva.requests.isEmpty());
        awaitIdle();
        assertThat(pva.requests).hasSize(1);
    }

    @Test
    void endsTheRegistrationOfADeviceThatThePvaDoesNotKnow() throws Exception {
        pva.refuse(ResultCode.UNKNOWN_DEVICE);
        assertThat(awaitRefusal(register())).isEqualTo(ResultCode.UNKNOWN_DEVICE);
    }

    @Test
    void keepsNothingThatTheDatabaseDoesNotKeepWhole() throws Exception {
        awaitIdle();
        restart(settings, () -> world.fill("sho." + OPERATOR, "sho.db", "outbox"));
        assertThatThrownBy(this::register).isInstanceOf(StorageFailed.class);
        Machine another = new Machine(world.random);
        assertThatThrownBy(() -> sho.contract(contract(another))).isInstanceOf(StorageFailed.class);
        assertThat(count("registration")).isZero();
        assertThat(count("contract")).isEqualTo(1);
    }
}
