// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.m2me.operators.Supplier.PcidWay;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.envelope.Mcim;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.OwnerSecret;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.pki.Certificate;

/** A device gets a new PCID: from its wish to the old one's return to the pool, whatever is lost on the way. */
final class RenewalRunTest extends RenewalFixture {
    /** Wish to CCIF and supplier, PCID to CCIF and ICF, mail to the DPF, report to the supplier, return to CCIF and ICF. */
    private static final int CALLS = 8;

    /** From the wish to the return of the old one. @return the new one, whose key the caller closes */
    private Mcim renew() throws Exception {
        ask(machine, registration, made.pcid());
        Mcim renewed = open(machine, mail(machine));
        report(machine, registration);
        awaitIdle();
        return renewed;
    }

    @ParameterizedTest
    @EnumSource
    void givesTheDeviceANewOneByTheWayOfTheOld(PcidWay way) throws Exception {
        if (way != PcidWay.ISSUED_BY_CCIF) {
            machine = new Machine(world.random);
            made = make(machine, way);
        }
        world.clock.advance(UNTIL_DUE);
        try (Mcim renewed = renew();
                SecretBytes secret = SecretBytes.takeFrom(made.ownerToken().bytes())) {
            Pcid now = new Pcid(renewed.imsi());
            assertThat(now).isNotEqualTo(made.pcid());
            assertThat(renewed.registration()).isEqualTo(registration);
            assertThat(renewed.device()).isEqualTo(machine.ueid);
            assertThat(renewed.ownerToken()).isEqualTo(OwnerSecret.operatorToken(secret, REGISTRAR));
            assertThat(renewed.expires().orElseThrow())
                    .isAfter(world.clock.instant().plus(LIFETIME.dividedBy(2)));
            assertThat(getsIn(now, renewed.key())).isTrue();
            assertThat(code(() -> icf.activate(made.pcid(), World.START, World.START.plusSeconds(1))))
                    .isEqualTo(ResultCode.PCID_UNKNOWN);
            assertThat(pcids()).containsExactly(now);
            assertThat(world.number(
                            "supplier.acme", "supplier.db", "SELECT COUNT(*) FROM own_pcid WHERE sealed IS NOT NULL"))
                    .as("keys that nobody needs any more")
                    .isZero();
        }
    }

    @Test
    void takesAsManyCallsAsAreLostInTheNextTest() throws Exception {
        world.clock.advance(UNTIL_DUE);
        renew().close();
        assertThat(calls).hasValue(CALLS);
    }

    static Stream<Arguments> losses() {
        return Stream.of(PcidWay.ISSUED_BY_CCIF, PcidWay.SENT_TO_CCIF)
                .flatMap(way -> IntStream.rangeClosed(1, CALLS)
                        .boxed()
                        .flatMap(call -> Stream.of(Arguments.of(way, call, false), Arguments.of(way, call, true))));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void endsTheSameWhenACallIsLost(PcidWay way, int call, boolean afterItTookEffect) throws Exception {
        if (way == PcidWay.SENT_TO_CCIF) {
            machine = new Machine(world.random);
            made = make(machine, way);
            calls.set(0);
        }
        world.clock.advance(UNTIL_DUE);
        replyLost = afterItTookEffect;
        cutAt = call;
        try (Mcim renewed = renew()) {
            assertThat(calls).hasValueGreaterThan(CALLS);
            assertThat(getsIn(new Pcid(renewed.imsi()), renewed.key())).isTrue();
            assertThat(pcids()).containsExactly(new Pcid(renewed.imsi()));
            assertThat(icf.status(made.pcid()).active()).isFalse();
            assertThat(waiting(machine)).isEmpty();
        }
    }

    @Test
    void leavesTheOldOneUsableUntilTheDeviceHasReported() throws Exception {
        world.clock.advance(UNTIL_DUE);
        ask(machine, registration, made.pcid());
        try (Mcim renewed = open(machine, mail(machine))) {
            awaitIdle();
            icf.activate(
                    made.pcid(), world.clock.instant(), world.clock.instant().plusSeconds(60));
            assertThat(icf.status(made.pcid()).active()).isTrue();
            assertThat(pcids()).containsExactly(made.pcid(), new Pcid(renewed.imsi()));
        }
    }

    @Test
    void doesNotBelieveAReportThatAnotherSigned() throws Exception {
        world.clock.advance(UNTIL_DUE);
        ask(machine, registration, made.pcid());
        open(machine, mail(machine)).close();
        byte[] forged = new Machine(world.random).report(registration, ResultCode.OK);
        assertThat(dpf.answer(machine.ueid, DeviceResource.REPORT, forged)).isPresent();
        awaitIdle();
        assertThat(pcids()).hasSize(2);
        assertThat(issued("released IS NOT NULL")).isZero();
    }

    @Test
    void keepsTheOldOneWhenTheDeviceCouldNotTakeTheNewOneAndGivesTheSameAgain() throws Exception {
        world.clock.advance(UNTIL_DUE);
        ask(machine, registration, made.pcid());
        Pcid offered;
        try (Mcim refused = open(machine, mail(machine))) {
            offered = new Pcid(refused.imsi());
        }
        byte[] report = machine.report(registration, ResultCode.STORE_FAILED);
        assertThat(dpf.answer(machine.ueid, DeviceResource.REPORT, report)).isPresent();
        awaitIdle();
        assertThat(pcids()).containsExactly(made.pcid(), offered);
        registration = Nonce.random(world.random);
        try (Mcim renewed = renew()) {
            assertThat(new Pcid(renewed.imsi())).isEqualTo(offered);
            assertThat(getsIn(offered, renewed.key())).isTrue();
        }
        assertThat(pcids()).containsExactly(offered);
    }

    @Test
    void refusesADeviceThatAsksTooSoon() throws Exception {
        world.clock.advance(UNTIL_DUE.minusDays(1));
        ask(machine, registration, made.pcid());
        assertThat(refusal(machine)).isEqualTo(ResultCode.FORBIDDEN);
        assertThat(issued("1 = 1")).isEqualTo(1);
    }

    @Test
    void givesOneToADeviceWhosePcidIsOverAlready() throws Exception {
        world.clock.advance(LIFETIME.plusDays(1));
        renew().close();
        assertThat(pcids()).doesNotContain(made.pcid());
    }

    @Test
    void refusesARevokedDeviceAndHasTakenItsPcidBackAtOnce() throws Exception {
        world.clock.advance(UNTIL_DUE);
        supplier.revoke(machine.ueid);
        awaitIdle();
        assertThat(toldRevoked).containsExactly(machine.ueid);
        assertThat(issued("released IS NOT NULL")).isEqualTo(1);
        assertThat(code(() -> icf.activate(made.pcid(), World.START, World.START.plusSeconds(1))))
                .isEqualTo(ResultCode.PCID_UNKNOWN);
        ask(machine, registration, made.pcid());
        assertThat(refusal(machine)).isEqualTo(ResultCode.CREDENTIAL_REVOKED);
        assertThat(code(this::pcids)).isEqualTo(ResultCode.CREDENTIAL_REVOKED);
    }

    @Test
    void takesBothBackFromADeviceThatIsRevokedWhileANewOneIsOnItsWay() throws Exception {
        world.clock.advance(UNTIL_DUE);
        ask(machine, registration, made.pcid());
        open(machine, mail(machine)).close();
        supplier.revoke(machine.ueid);
        supplier.revoke(machine.ueid);
        awaitIdle();
        assertThat(issued("released IS NOT NULL")).isEqualTo(2);
    }

    @Test
    void refusesThePcidOfAnotherDeviceAndOneThatNobodyMade() throws Exception {
        Machine other = new Machine(world.random);
        Supplier.Made others = make(other, PcidWay.ISSUED_BY_CCIF);
        world.clock.advance(UNTIL_DUE);
        ask(machine, registration, others.pcid());
        assertThat(refusal(machine)).isEqualTo(ResultCode.FORBIDDEN);
        ask(other, Nonce.random(world.random), Pcid.of("901700000009999"));
        assertThat(refusal(other)).isEqualTo(ResultCode.PCID_UNKNOWN);
        ask(machine, Nonce.random(world.random), made.pcid()); // the pool is used up
        assertThat(refusal(machine)).isEqualTo(ResultCode.QUOTA);
    }

    @Test
    void tellsThePcidToWhomHasTheTokenFromTheBox() {
        assertThat(code(() -> supplier.pcids(machine.ueid, Opaque.of(new byte[16]))))
                .isEqualTo(ResultCode.FORBIDDEN);
    }

    @Test
    void takesADeviceThatAsksWithItsNewOneAtItsWordWhenItsReportWasLost() throws Exception {
        world.clock.advance(UNTIL_DUE);
        ask(machine, registration, made.pcid());
        Pcid now;
        try (Mcim renewed = open(machine, mail(machine))) {
            now = new Pcid(renewed.imsi());
        }
        ask(machine, Nonce.random(world.random), now);
        assertThat(refusal(machine)).isEqualTo(ResultCode.FORBIDDEN); // it is new
        awaitIdle();
        assertThat(pcids()).containsExactly(now);
        assertThat(issued("released IS NOT NULL")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void restsAReleasedPcidAcrossARestartAndThenGivesItANewKey(PcidWay way) throws Exception {
        machine = new Machine(world.random);
        made = make(machine, way == PcidWay.SENT_BY_SUBSCRIBER ? PcidWay.SENT_TO_CCIF : way);
        if (way != PcidWay.ISSUED_BY_CCIF) {
            world.clock.advance(UNTIL_DUE);
            try (Mcim renewed = renew()) {
                assertThat(renewed.key()).isNotNull();
            }
        } else {
            supplier.revoke(machine.ueid);
            awaitIdle();
        }
        Machine next = new Machine(world.random);
        assertThat(code(() -> make(next, way))).isEqualTo(ResultCode.QUOTA);
        world.clock.advance(QUARANTINE.minusDays(1));
        restart();
        assertThat(code(() -> make(next, way))).isEqualTo(ResultCode.QUOTA);
        world.clock.advance(Duration.ofDays(2));
        Supplier.Made again = make(next, way);
        assertThat(again.pcid()).isEqualTo(made.pcid());
        try (Mcim before = machine.open(
                        made.pcidEnvelope(),
                        Certificate.parse(made.supplierCertificate().bytes()));
                Mcim after = next.open(
                        again.pcidEnvelope(),
                        Certificate.parse(again.supplierCertificate().bytes()))) {
            assertThat(getsIn(again.pcid(), before.key())).isFalse();
            assertThat(getsIn(again.pcid(), after.key())).isTrue();
            assertThat(after.expires().orElseThrow())
                    .isEqualTo(world.clock.instant().plus(LIFETIME).truncatedTo(ChronoUnit.SECONDS));
        }
    }

    @Test
    void givesOutAgainWhatNobodyReturnedAQuarantineAfterItsEnd() throws Exception {
        make(new Machine(world.random), PcidWay.ISSUED_BY_CCIF);
        world.clock.advance(LIFETIME.plus(QUARANTINE).minusDays(1));
        Machine next = new Machine(world.random);
        assertThat(code(() -> make(next, PcidWay.ISSUED_BY_CCIF))).isEqualTo(ResultCode.QUOTA);
        world.clock.advance(Duration.ofDays(2));
        Supplier.Made again = make(next, PcidWay.ISSUED_BY_CCIF);
        assertThat(again.pcid()).isEqualTo(made.pcid());
        ccif.release("acme", machine.ueid, made.pcid()); // by whom it is forgotten: without effect
        try (Mcim after = next.open(
                again.pcidEnvelope(),
                Certificate.parse(again.supplierCertificate().bytes()))) {
            assertThat(getsIn(again.pcid(), after.key())).isTrue();
        }
    }
}
