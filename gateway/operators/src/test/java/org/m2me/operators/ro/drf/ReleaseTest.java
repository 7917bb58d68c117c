// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ro.drf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.m2me.operators.World.OPERATOR;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.operators.Drf;
import org.m2me.operators.Machine;
import org.m2me.operators.Neighbours;
import org.m2me.operators.Sho;
import org.m2me.operators.ShoSide;
import org.m2me.operators.World;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.Register;
import org.m2me.protocol.message.RegisterAnswer;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;
import org.m2me.protocol.step.Step;

/** What the DRF does in a change of operator: state on, releases on, and where the device is to be found later. */
final class ReleaseTest {
    private static final Plmn OTHER = Plmn.parse("262-02");

    @TempDir
    Path directory;

    private World world;
    private Neighbours peers;
    private ShoSide sho;
    private Machine machine;
    private RoleContext context;
    private DrfRole drf;

    @BeforeEach
    void start() {
        world = new World(directory);
        peers = new Neighbours();
        sho = new ShoSide();
        peers.set(OPERATOR, sho);
        peers.set(OTHER, new ShoSide());
        machine = new Machine(world.random);
        context = world.context("drf");
        drf = new DrfRole(context, peers).start();
    }

    @AfterEach
    void stop() {
        drf.close();
    }

    private byte[] release(byte[] release) throws Refused {
        return drf.answer(machine.ueid, DeviceResource.RELEASE, release).orElseThrow();
    }

    private ResultCode refusal(byte[] release) {
        return catchThrowableOfType(Refused.class, () -> release(release)).code();
    }

    private Drf.Expectation of(Plmn operator) {
        byte[] der = world.certify("sho." + operator, P256PrivateKey.generate(world.random))
                .der();
        return new Drf.Expectation(machine.ueid, operator, Opaque.of(der));
    }

    private Plmn found() throws Exception {
        byte[] register = machine.register(Nonce.random(world.random));
        return RegisterAnswer.decode(drf.answer(machine.ueid, DeviceResource.REGISTER, register)
                        .orElseThrow())
                .operator();
    }

    @Test
    void passesAReleaseOnToTheOperatorThatItNamesAndTheAnswerBack() throws Exception {
        byte[] release = machine.release(Nonce.random(world.random), OPERATOR);
        assertThat(release(release)).isEqualTo(sho.acknowledgement.bytes());
        assertThat(sho.releases).containsExactly(Opaque.of(release));
        assertThat(world.taken()).containsExactly(Step.REMOVE_MCIM, Step.DISCARD_OLD);
    }

    @Test
    void givesTheAnswerAgainThatWasLostThoughTheOperatorIsGoneAndItRestarted() throws Exception {
        byte[] release = machine.release(Nonce.random(world.random), OPERATOR);
        byte[] first = release(release);
        peers.set(OPERATOR, null);
        drf.close();
        drf = new DrfRole(context, peers).start();
        assertThat(release(release)).isEqualTo(first);
        assertThat(sho.releases).hasSize(1);
        assertThat(world.taken()).containsExactly(Step.REMOVE_MCIM, Step.DISCARD_OLD);
    }

    @Test
    void saysThatTheOperatorIsSilentOrNotKnownAndGoesOnWhenItIsThere() throws Exception {
        byte[] toNobody = machine.release(Nonce.random(world.random), Plmn.parse("001-01"));
        assertThat(refusal(toNobody)).isEqualTo(ResultCode.NO_OPERATOR);
        byte[] release = machine.release(Nonce.random(world.random), OPERATOR);
        peers.set(OPERATOR, null);
        assertThat(refusal(release)).isEqualTo(ResultCode.UNAVAILABLE);
        peers.set(OPERATOR, sho);
        sho.refuse(ResultCode.NOT_FOUND);
        assertThat(refusal(release)).isEqualTo(ResultCode.NOT_FOUND);
        sho.refuse(null);
        assertThat(release(release)).isEqualTo(sho.acknowledgement.bytes());
        assertThat(world.codes(Step.DISCARD_OLD)).hasSize(2); // one for each release, not for each try
    }

    @Test
    void passesNothingOnThatIsNoReleaseOfThisDevice() {
        assertThat(refusal(new byte[] {1})).isEqualTo(ResultCode.MALFORMED);
        byte[] anothers = new Machine(world.random).release(Nonce.random(world.random), OPERATOR);
        assertThat(refusal(anothers)).isEqualTo(ResultCode.FORBIDDEN);
        assertThat(sho.releases).isEmpty();
        assertThat(world.steps).isEmpty();
    }

    @Test
    void tellsTheOperatorWhatTheDeviceGoesThroughAndHowItSaysItIs() throws Exception {
        drf.expect(of(OPERATOR));
        Register register = new Register(
                Nonce.random(world.random), Optional.empty(), Procedure.CHANGE, Optional.of(Machine.state()));
        peers.set(OPERATOR, null);
        assertThat(drf.answer(machine.ueid, DeviceResource.REGISTER, register.encode()))
                .isPresent();
        drf.close();
        peers.set(OPERATOR, sho);
        drf = new DrfRole(context, peers).start();
        world.await("the SHO hears of it", () -> !sho.registrations.isEmpty());
        assertThat(sho.registrations)
                .containsExactly(new Sho.Registration(
                        register.registration(),
                        machine.ueid,
                        Optional.empty(),
                        Procedure.CHANGE,
                        Optional.of(Machine.state())));
    }

    @Test
    void sendsADeviceToWhomItSubscribesUntilAnotherWaitsForIt() throws Exception {
        drf.expect(of(OPERATOR));
        assertThat(found()).isEqualTo(OPERATOR);
        drf.expect(of(OTHER));
        assertThat(found()).isEqualTo(OTHER);
        Drf.Expectation back = of(OPERATOR); // it has switched
        drf.subscribed(back);
        drf.subscribed(back);
        assertThat(found()).isEqualTo(OPERATOR);
        assertThat(world.codes(Step.REGISTER_SUBSCRIPTION)).containsExactly(ResultCode.OK);
        drf.expect(of(OTHER));
        drf.subscribed(back); // late: the other one waits already
        assertThat(found()).isEqualTo(OTHER);
    }

    @Test
    void sendsADeviceBackToItsOperatorWhenNothingCameOfAnother() throws Exception {
        drf.expect(of(OPERATOR));
        drf.expect(of(OTHER));
        assertThat(found()).isEqualTo(OTHER);
        drf.expect(of(OTHER));
        drf.withdrawn(machine.ueid, OTHER);
        drf.withdrawn(machine.ueid, OTHER);
        assertThat(drf.operatorOf(machine.ueid)).contains(OPERATOR);
        assertThat(found()).isEqualTo(OPERATOR);

        drf.withdrawn(machine.ueid, OPERATOR);
        assertThat(drf.operatorOf(machine.ueid)).isEmpty();
    }

    @Test
    void forgetsWhoHadADeviceBeforeItSubscribedToAnother() throws Exception {
        drf.expect(of(OPERATOR));
        drf.expect(of(OTHER));
        drf.withdrawn(machine.ueid, OPERATOR); // it left without waiting for the other one's word
        assertThat(drf.operatorOf(machine.ueid)).contains(OTHER);
        drf.expect(of(OPERATOR));
        drf.subscribed(of(OPERATOR));
        drf.withdrawn(machine.ueid, OPERATOR);
        assertThat(drf.operatorOf(machine.ueid)).isEmpty();
    }

    @Test
    void takesNoSubscriptionInAnotherOperatorsName() {
        byte[] der = world.certify("sho." + OTHER, P256PrivateKey.generate(world.random))
                .der();
        Drf.Expectation stolen = new Drf.Expectation(machine.ueid, OPERATOR, Opaque.of(der));
        assertThat(List.of(catchThrowableOfType(Refused.class, () -> drf.subscribed(stolen))
                        .code()))
                .containsExactly(ResultCode.FORBIDDEN);
    }
}
