// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Mail;
import org.m2me.protocol.message.Register;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;

/** What a device's wish for a new PCID leaves in its mailbox, and what nobody else can put there. */
final class RenewalMailboxTest extends RenewalFixture {
    @BeforeEach
    void becomeDue() {
        world.clock.advance(UNTIL_DUE);
    }

    @Test
    void waitsForAWhileAndComesAgainAsItWasWithTheSameNonce() throws Exception {
        ask(machine, registration, made.pcid());
        Mail first = mail(machine);
        awaitIdle();
        world.clock.advance(Duration.ofMinutes(11));
        assertThat(waiting(machine)).isEmpty();
        ask(machine, registration, made.pcid());
        assertThat(mail(machine)).isEqualTo(first);
    }

    @Test
    void isThereAfterARestart() throws Exception {
        ask(machine, registration, made.pcid());
        Mail first = mail(machine);
        restart();
        assertThat(mail(machine)).isEqualTo(first);
        assertThat(dpf.feed(0, Duration.ZERO).devices()).contains(machine.ueid);
    }

    @Test
    void isGoneWhenTheDeviceHasReported() throws Exception {
        ask(machine, registration, made.pcid());
        Mail unused = mail(machine);
        report(machine, registration);
        assertThat(waiting(machine)).isEmpty();
        awaitIdle();
        calls.set(0);
        report(machine, registration); // again, after its answer was lost
        awaitIdle();
        assertThat(calls).hasValue(0);
        ask(machine, registration, made.pcid());
        awaitIdle();
        assertThat(waiting(machine)).isEmpty();
        restart();
        assertThat(dpf.feed(0, Duration.ZERO).devices()).isEmpty();
    }

    @Test
    void staysWhenAnotherDeviceReportsIt() throws Exception {
        ask(machine, registration, made.pcid());
        Mail waiting = mail(machine);
        Machine other = new Machine(world.random);
        byte[] report = other.report(registration, ResultCode.OK);
        assertThat(code(() -> dpf.answer(other.ueid, DeviceResource.REPORT, report)))
                .isEqualTo(ResultCode.NOT_FOUND);
        assertThat(mail(machine)).isEqualTo(waiting);
    }

    @Test
    void isToComeAgainWhileTheClockOfTheDpfIsSlow() throws Exception {
        ask(machine, registration, made.pcid());
        Mail.Credential good = (Mail.Credential) mail(machine);
        world.clock.advance(Duration.ofDays(3650).negated());
        assertThat(code(() -> dpf.deliver(
                        new Dpf.Credential(registration, machine.ueid, "acme", good.certificate(), good.envelope()))))
                .isEqualTo(ResultCode.UNAVAILABLE);
    }

    @Test
    void forgetsARefusalWhenTheDeviceAsksAnew() throws Exception {
        ask(machine, registration, Pcid.of("901700000009999"));
        assertThat(refusal(machine)).isEqualTo(ResultCode.PCID_UNKNOWN);
        assertThat(drf.feed(0, World.PATIENCE).devices()).contains(machine.ueid);
        assertThat(code(() -> ask(machine, registration, Pcid.of("901700000009999"))))
                .isEqualTo(ResultCode.NONCE_USED);
        ask(machine, Nonce.random(world.random), made.pcid());
        assertThat(mail(machine)).isInstanceOf(Mail.Credential.class);
    }

    @Test
    void takesANonceForOneThingOnly() throws Exception {
        ask(machine, registration, made.pcid());
        assertThat(code(() -> ask(machine, registration, Pcid.of("901700000000002"))))
                .isEqualTo(ResultCode.NONCE_USED);
        assertThat(code(() -> ask(new Machine(world.random), registration, made.pcid())))
                .isEqualTo(ResultCode.NONCE_USED);
        assertThat(code(() -> drf.answer(machine.ueid, DeviceResource.REGISTER, machine.register(registration))))
                .isEqualTo(ResultCode.NONCE_USED);
    }

    /** An operator waits for the device, which registers with it. */
    private void register(Nonce nonce) throws Exception {
        Opaque certificate = Opaque.of(world.certify("sho." + World.OPERATOR, P256PrivateKey.generate(world.random))
                .der());
        drf.expect(new Drf.Expectation(machine.ueid, World.OPERATOR, certificate));
        Register register = new Register(nonce, Optional.empty(), Procedure.INITIAL, Optional.empty());
        assertThat(drf.answer(machine.ueid, DeviceResource.REGISTER, register.encode()))
                .isPresent();
    }

    @Test
    void isNoWayToUseTheNonceOfARegistrationAgain() throws Exception {
        register(registration);
        assertThat(code(() -> ask(machine, registration, made.pcid()))).isEqualTo(ResultCode.NONCE_USED);
    }

    @Test
    void isNotHiddenByTheRefusalOfAnEarlierRegistration() throws Exception {
        register(registration);
        drf.refuse(registration, World.OPERATOR, ResultCode.QUOTA);
        assertThat(refusal(machine)).isEqualTo(ResultCode.QUOTA);
        ask(machine, Nonce.random(world.random), made.pcid());
        assertThat(mail(machine)).isInstanceOf(Mail.Credential.class);
    }

    @Test
    void doesNotHideARegistrationThatComesAfterItsRefusal() throws Exception {
        ask(machine, registration, Pcid.of("901700000009999"));
        assertThat(refusal(machine)).isEqualTo(ResultCode.PCID_UNKNOWN);
        register(Nonce.random(world.random));
        assertThat(waiting(machine)).isEmpty();
    }

    @Test
    void isForgottenWhenTheDeviceAsksAnewWhileTheCcifIsAway() throws Exception {
        Ccif there = peers.ccif();
        peers.set(Ccif.class, null);
        ask(machine, registration, made.pcid());
        world.await(
                "the first is put off",
                () -> world.number(
                                "drf.901-70", "drf.db", "SELECT COUNT(*) FROM outbox WHERE attempts > 0 AND owner = 0")
                        == 1);
        Nonce newer = Nonce.random(world.random);
        ask(machine, newer, made.pcid());
        calls.set(0);
        peers.set(Ccif.class, there);
        assertThat(mail(machine).registration()).isEqualTo(newer);
        awaitIdle();
        assertThat(calls).as("calls for one renewal").hasValue(5);
    }

    @Test
    void refusesAWishThatNamesNoPcid() {
        byte[] wish = new Register(registration, Optional.empty(), Procedure.RENEWAL, Optional.empty()).encode();
        assertThat(code(() -> drf.answer(machine.ueid, DeviceResource.REGISTER, wish)))
                .isEqualTo(ResultCode.MALFORMED);
    }

    @Test
    void asksADeviceThatWishesAllDayToComeLater() throws Exception {
        for (int wish = 0; wish < 10; wish++) {
            ask(machine, Nonce.random(world.random), made.pcid());
        }
        assertThat(code(() -> ask(machine, registration, made.pcid()))).isEqualTo(ResultCode.BUSY);
        awaitIdle();
        assertThat(issued("1 = 1")).isEqualTo(2); // however often it wished
        world.clock.advance(Duration.ofDays(1));
        ask(machine, registration, made.pcid());
    }

    @Test
    void takesNothingFromWhoIsNotTheSupplierOrForAnothersRegistration() throws Exception {
        ask(machine, registration, made.pcid());
        Mail.Credential good = (Mail.Credential) mail(machine);
        Opaque selfMade =
                Opaque.of(world.certify(world.newAuthority(), "supplier.acme", P256PrivateKey.generate(world.random))
                        .der());
        Nonce other = Nonce.random(world.random);
        assertThat(code(() -> dpf.deliver(
                        new Dpf.Credential(other, machine.ueid, "rival", good.certificate(), good.envelope()))))
                .isEqualTo(ResultCode.FORBIDDEN);
        assertThat(code(() -> dpf.deliver(new Dpf.Credential(other, machine.ueid, "acme", selfMade, good.envelope()))))
                .isEqualTo(ResultCode.FORBIDDEN);
        assertThat(code(() -> dpf.deliver(new Dpf.Credential(
                        registration, new Machine(world.random).ueid, "acme", good.certificate(), good.envelope()))))
                .isEqualTo(ResultCode.FORBIDDEN);
        assertThat(code(() -> dpf.deliver(new Dpf.Credential(
                        other, machine.ueid, "acme", good.certificate(), Opaque.of(new byte[5000])))))
                .isEqualTo(ResultCode.MCIM_TOO_LARGE);
        assertThat(mail(machine)).isEqualTo(good);
    }
}
