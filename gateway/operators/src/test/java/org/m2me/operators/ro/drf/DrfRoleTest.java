// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ro.drf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.m2me.operators.World.OPERATOR;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.m2me.operators.Counterparts.IcfSide;
import org.m2me.operators.Drf;
import org.m2me.operators.Icf;
import org.m2me.operators.Machine;
import org.m2me.operators.Neighbours;
import org.m2me.operators.Sho;
import org.m2me.operators.ShoSide;
import org.m2me.operators.World;
import org.m2me.operators.store.StorageFailed;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceFeed;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Mail;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.Register;
import org.m2me.protocol.message.RegisterAnswer;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.step.Step;

final class DrfRoleTest {
    private static final Pcid PCID = Pcid.of("901700000000001");

    @TempDir
    Path directory;

    private World world;
    private Neighbours peers;
    private ShoSide sho;
    private IcfSide icf;
    private Machine machine;
    private Certificate operator;
    private RoleContext context;
    private DrfRole drf;

    @BeforeEach
    void start() throws Exception {
        world = new World(directory);
        peers = new Neighbours();
        sho = new ShoSide();
        icf = new IcfSide();
        peers.set(OPERATOR, sho);
        peers.set(Icf.class, icf);
        machine = new Machine(world.random);
        operator = world.certify("sho." + OPERATOR, P256PrivateKey.generate(world.random));
        context = world.context("drf");
        drf = new DrfRole(context, peers).start();
        drf.expect(new Drf.Expectation(machine.ueid, OPERATOR, Opaque.of(operator.der())));
    }

    @AfterEach
    void stop() {
        drf.close();
    }

    @Test
    void answersAtOnceWithTheOperatorThatWaitsForTheDeviceAndTellsIt() throws Exception {
        Nonce nonce = nonce();
        RegisterAnswer answer = register(nonce);
        assertThat(answer.operator()).isEqualTo(OPERATOR);
        assertThat(answer.certificate().der()).isEqualTo(operator.der());
        world.await("the SHO hears of it", () -> !sho.registrations.isEmpty());
        assertThat(sho.registrations).containsExactly(Sho.Registration.initial(nonce, machine.ueid, Optional.empty()));
        assertThat(world.taken()).containsExactly(Step.CONTACT_RO, Step.DISCOVER_SHO);
    }

    @Test
    void asksTheOperatorToComeAgainWhenItsOwnClockIsSlow() throws Exception {
        Drf.Expectation expectation = new Drf.Expectation(machine.ueid, OPERATOR, Opaque.of(operator.der()));
        world.clock.advance(Duration.ofDays(-1));
        assertThat(catchThrowableOfType(Refused.class, () -> drf.expect(expectation))
                        .code())
                .isEqualTo(ResultCode.UNAVAILABLE);
        world.clock.advance(Duration.ofDays(1));
        drf.expect(expectation);
    }

    @Test
    void passesThePcidOnThatTheIcfCallsActive() throws Exception {
        icf.known.put(PCID, new Icf.PcidStatus(PCID, true, world.clock.instant().plusSeconds(60)));
        answer(
                machine.ueid,
                DeviceResource.REGISTER,
                Register.initial(nonce(), Optional.of(PCID)).encode());
        world.await("the SHO hears of it", () -> !sho.registrations.isEmpty());
        assertThat(sho.registrations.get(0).pcid()).contains(PCID);
    }

    @Test
    void refusesAPcidThatTheIcfDoesNotKnow() {
        byte[] register = Register.initial(nonce(), Optional.of(PCID)).encode();
        assertThat(refusal(machine.ueid, register)).isEqualTo(ResultCode.PCID_UNKNOWN);
        assertThat(world.codes(Step.CONTACT_RO)).containsExactly(ResultCode.PCID_UNKNOWN);
        assertNothingChanged();
    }

    @Test
    void refusesAPcidThatIsNotActiveOrWhoseLifetimeIsOver() {
        byte[] register = Register.initial(nonce(), Optional.of(PCID)).encode();
        icf.known.put(
                PCID, new Icf.PcidStatus(PCID, false, world.clock.instant().plusSeconds(60)));
        assertThat(refusal(machine.ueid, register)).isEqualTo(ResultCode.PCID_NOT_ACTIVE);
        icf.known.put(PCID, new Icf.PcidStatus(PCID, true, world.clock.instant()));
        assertThat(refusal(machine.ueid, register)).isEqualTo(ResultCode.PCID_NOT_ACTIVE);
        assertNothingChanged();
    }

    @Test
    void changesNothingWhileTheIcfIsSilentAndGoesOnWhenItAnswers() throws Exception {
        byte[] register = Register.initial(nonce(), Optional.of(PCID)).encode();
        peers.set(Icf.class, null);
        assertThat(refusal(machine.ueid, register)).isEqualTo(ResultCode.UNAVAILABLE);
        assertThat(world.steps).isEmpty();
        assertNothingChanged();
        peers.set(Icf.class, icf);
        icf.known.put(PCID, new Icf.PcidStatus(PCID, true, world.clock.instant().plusSeconds(60)));
        assertThat(answer(machine.ueid, DeviceResource.REGISTER, register)).isPresent();
    }

    @Test
    void refusesADeviceThatNobodyWaitsFor() {
        Machine stranger = new Machine(world.random);
        assertThat(refusal(stranger.ueid, stranger.register(nonce()))).isEqualTo(ResultCode.NO_OPERATOR);
        assertThat(world.codes(Step.DISCOVER_SHO)).containsExactly(ResultCode.NO_OPERATOR);
        assertNothingChanged();
    }

    @Test
    void givesTheSameAnswerToTheSameRegisterAndTellsTheOperatorOnce() throws Exception {
        Nonce nonce = nonce();
        Optional<byte[]> first = answer(machine.ueid, DeviceResource.REGISTER, machine.register(nonce));
        Optional<byte[]> second = answer(machine.ueid, DeviceResource.REGISTER, machine.register(nonce));
        assertThat(second.orElseThrow()).isEqualTo(first.orElseThrow());
        world.await("the SHO hears of it", () -> !sho.registrations.isEmpty());
        world.awaitIdle("drf", "drf.db");
        assertThat(sho.registrations).hasSize(1);
        assertThat(world.taken()).containsExactly(Step.CONTACT_RO, Step.DISCOVER_SHO);
    }

    @Test
    void refusesANonceThatIsAnotherDevices() throws Exception {
        Machine other = new Machine(world.random);
        drf.expect(new Drf.Expectation(other.ueid, OPERATOR, Opaque.of(operator.der())));
        Nonce nonce = nonce();
        register(nonce);
        assertThat(refusal(other.ueid, other.register(nonce))).isEqualTo(ResultCode.NONCE_USED);
    }

    @Test
    void refusesANonceThatServedInARegistrationThatEnded() throws Exception {
        Nonce refused = nonce();
        register(refused);
        drf.refuse(refused, OPERATOR, ResultCode.POLICY);
        assertThat(refusal(machine.ueid, machine.register(refused))).isEqualTo(ResultCode.NONCE_USED);
        Nonce replaced = nonce();
        register(replaced);
        register(nonce());
        assertThat(refusal(machine.ueid, machine.register(replaced))).isEqualTo(ResultCode.NONCE_USED);
    }

    @Test
    void letsNoOtherOperatorEndARegistration() throws Exception {
        Nonce nonce = nonce();
        register(nonce);

        assertThatThrownBy(() -> drf.refuse(nonce, Plmn.parse("262-02"), ResultCode.POLICY))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo(ResultCode.FORBIDDEN));
        assertThat(answer(machine.ueid, DeviceResource.MAIL, new byte[0])).isEmpty();
    }

    @Test
    void tellsTheDeviceAndNoOtherThatItWasRefusedUntilItRegistersAnew() throws Exception {
        Nonce nonce = nonce();
        register(nonce);
        assertThat(answer(machine.ueid, DeviceResource.MAIL, new byte[0])).isEmpty();
        drf.refuse(nonce, OPERATOR, ResultCode.COMPONENT_MISMATCH);
        drf.refuse(nonce, OPERATOR, ResultCode.POLICY);
        for (int fetched = 0; fetched < 2; fetched++) {
            Mail mail = Machine.mail(answer(machine.ueid, DeviceResource.MAIL, new byte[0]));
            assertThat(mail).isEqualTo(new Mail.Refusal(nonce, ResultCode.COMPONENT_MISMATCH));
        }
        Ueid other = new Machine(world.random).ueid;
        assertThat(answer(other, DeviceResource.MAIL, new byte[0])).isEmpty();
        register(nonce());
        assertThat(answer(machine.ueid, DeviceResource.MAIL, new byte[0])).isEmpty();
    }

    @Test
    void leavesANewRegistrationAloneWhenAnOldOneIsRefusedLate() throws Exception {
        Nonce old = nonce();
        register(old);
        register(nonce());
        drf.refuse(old, OPERATOR, ResultCode.POLICY);
        assertThat(answer(machine.ueid, DeviceResource.MAIL, new byte[0])).isEmpty();
    }

    @Test
    void endsTheRegistrationThatTheOperatorRefuses() throws Exception {
        sho.refuse(ResultCode.NO_CONTRACT);
        Nonce nonce = nonce();
        register(nonce);
        world.awaitIdle("drf", "drf.db");
        assertThat(Machine.mail(answer(machine.ueid, DeviceResource.MAIL, new byte[0])))
                .isEqualTo(new Mail.Refusal(nonce, ResultCode.NO_CONTRACT));
    }

    @Test
    void announcesARefusalInItsFeedAndAgainAfterARestart() throws Exception {
        DeviceFeed before = drf.feed(0, Duration.ZERO);
        Nonce nonce = nonce();
        register(nonce);
        drf.refuse(nonce, OPERATOR, ResultCode.POLICY);
        assertThat(drf.feed(before.latest(), Duration.ofSeconds(20)).devices()).containsExactly(machine.ueid);
        restart();
        assertThat(drf.feed(before.latest(), Duration.ofSeconds(20)).devices()).containsExactly(machine.ueid);
    }

    @Test
    void tellsTheOperatorAfterARestartWhatItOwed() throws Exception {
        peers.set(OPERATOR, null);
        Nonce nonce = nonce();
        RegisterAnswer first = register(nonce);
        restart();
        peers.set(OPERATOR, sho);
        world.await("the SHO hears of it", () -> !sho.registrations.isEmpty());
        world.awaitIdle("drf", "drf.db");
        assertThat(sho.registrations).hasSize(1);
        assertThat(register(nonce).certificate().der())
                .isEqualTo(first.certificate().der());
    }

    @Test
    void takesExpectationsFromTheOperatorItselfOnly() {
        P256PrivateKey key = P256PrivateKey.generate(world.random);
        Certificate another = world.certify("sho.262-02", key);
        Certificate foreign = world.certify(world.newAuthority(), "sho." + OPERATOR, key);
        Certificate tooLong = world.certifyAtLength("sho." + OPERATOR, key); // for a device
        for (byte[] certificate : List.of(another.der(), foreign.der(), tooLong.der(), new byte[] {1})) {
            Drf.Expectation forged = new Drf.Expectation(machine.ueid, OPERATOR, Opaque.of(certificate));
            assertThat(catchThrowableOfType(Refused.class, () -> drf.expect(forged))
                            .code())
                    .isEqualTo(ResultCode.FORBIDDEN);
        }
    }

    @Test
    void sendsTheDeviceToTheOperatorThatSpokeLast() throws Exception {
        Plmn newOperator = Plmn.parse("262-02");
        Certificate certificate = world.certify("sho.262-02", P256PrivateKey.generate(world.random));
        drf.expect(new Drf.Expectation(machine.ueid, newOperator, Opaque.of(certificate.der())));
        assertThat(register(nonce()).operator()).isEqualTo(newOperator);
    }

    @Test
    void keepsNothingThatTheDatabaseDoesNotKeepWhole() throws Exception {
        restart(() -> world.fill("drf", "drf.db", "outbox"));
        Nonce nonce = nonce();
        assertThatThrownBy(() -> register(nonce)).isInstanceOf(StorageFailed.class);
        assertNothingChanged();
        restart(() -> world.free("drf", "drf.db"));
        register(nonce);
        world.await("the SHO hears of it", () -> !sho.registrations.isEmpty());
    }

    @Test
    void letsADeviceOpenOnlySoManyRegistrationsInADay() throws Exception {
        for (int i = 0; i < DrfRole.REGISTRATIONS_PER_DAY; i++) {
            register(nonce());
        }
        assertThat(refusal(machine.ueid, machine.register(nonce()))).isEqualTo(ResultCode.BUSY);
        world.clock.advance(Duration.ofDays(1));
        register(nonce());
    }

    @Test
    void refusesWhatIsNoRegister() {
        assertThat(refusal(machine.ueid, new byte[] {1, 2, 3})).isEqualTo(ResultCode.MALFORMED);
        assertThat(refusal(machine.ueid, new byte[DeviceResource.REGISTER.sizeMax() + 1]))
                .isEqualTo(ResultCode.TOO_LARGE);
    }

    @ParameterizedTest
    @EnumSource(names = {"EVIDENCE", "REPORT", "TELEMETRY"})
    void answersForItsOwnResourcesOnly(DeviceResource resource) {
        Refused refused = catchThrowableOfType(Refused.class, () -> answer(machine.ueid, resource, new byte[0]));
        assertThat(refused.code()).isEqualTo(ResultCode.NOT_FOUND);
    }

    @Test
    void refusesToEndARegistrationThatItDoesNotHave() {
        Refused refused = catchThrowableOfType(Refused.class, () -> drf.refuse(nonce(), OPERATOR, ResultCode.POLICY));
        assertThat(refused.code()).isEqualTo(ResultCode.NOT_FOUND);
    }

    private void restart() {
        restart(() -> {});
    }

    private void restart(Runnable meanwhile) {
        drf.close();
        meanwhile.run();
        drf = new DrfRole(context, peers).start();
    }

    private Nonce nonce() {
        return Nonce.random(world.random);
    }

    private RegisterAnswer register(Nonce nonce) throws Exception {
        return RegisterAnswer.decode(answer(machine.ueid, DeviceResource.REGISTER, machine.register(nonce))
                .orElseThrow());
    }

    private Optional<byte[]> answer(Ueid device, DeviceResource resource, byte[] body) throws Refused {
        return drf.answer(device, resource, body);
    }

    private ResultCode refusal(Ueid device, byte[] register) {
        return catchThrowableOfType(Refused.class, () -> answer(device, DeviceResource.REGISTER, register))
                .code();
    }

    private void assertNothingChanged() {
        assertThat(world.number("drf", "drf.db", "SELECT COUNT(*) FROM registration"))
                .isZero();
        assertThat(world.number("drf", "drf.db", "SELECT COUNT(*) FROM outbox")).isZero();
        assertThat(sho.registrations).isEmpty();
    }
}
