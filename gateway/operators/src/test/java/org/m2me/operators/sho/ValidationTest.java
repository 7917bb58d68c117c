// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.m2me.operators.World.OPERATOR;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.m2me.operators.Authorization;
import org.m2me.operators.Dpf;
import org.m2me.operators.Machine;
import org.m2me.operators.Sho;
import org.m2me.operators.store.StorageFailed;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.envelope.Mcim;
import org.m2me.protocol.evidence.AttestationResult;
import org.m2me.protocol.evidence.TrustVector;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Step;

/** Step 10, the policy, and what is authorised on it. */
final class ValidationTest extends ShoFixture {
    private static final List<String> ALL = List.of("runtime", "agent", "config");

    @Test
    void authorisesTheDpfWithAMcimThatOnlyThisDeviceOpens() throws Exception {
        Nonce nonce = register();
        Instant decided = world.clock.instant();
        validate(nonce);
        Dpf.Order order = order(nonce);
        Authorization authorization =
                Authorization.verify(order.token(), List.of(world.authority.certificate()), world.clock.instant());
        assertThat(authorization.registration()).isEqualTo(nonce);
        assertThat(authorization.device()).isEqualTo(machine.ueid);
        assertThat(authorization.operator()).isEqualTo(OPERATOR);
        assertThat(authorization.content().covers(order.envelope())).isTrue();
        assertThat(authorization.expires()).isEqualTo(decided.plus(Duration.ofDays(1)));
        Opaque envelope = order.envelope().orElseThrow();
        try (Mcim mcim = machine.open(envelope, context.certificate())) {
            assertThat(mcim.device()).isEqualTo(machine.ueid);
            assertThat(mcim.operator()).isEqualTo(OPERATOR);
            assertThat(mcim.registration()).isEqualTo(nonce);
            assertThat(mcim.ownerToken()).isEqualTo(machine.ownerToken);
            assertThat(mcim.imsi()).isEqualTo(FIRST);
            assertThat(mcim.serial()).isEqualTo(1);
            assertThat(mcim.apn()).isEqualTo(APN.apn());
        }
        assertThatThrownBy(() -> new Machine(world.random).open(envelope, context.certificate()))
                .isInstanceOf(ForgedException.class);
        assertThat(world.taken()).containsExactly(Step.REGISTER_WITH_SHO, Step.REPORT_VALIDATION);
    }

    @Test
    void bindsOneSubscriptionHoweverOftenTheResultComes() throws Exception {
        Nonce nonce = register();
        Sho.Validation validation = validation(nonce, machine.result(world.clock.instant()));
        sho.validated(validation);
        sho.validated(validation);
        awaitIdle();
        restart();
        sho.validated(validation);
        awaitIdle();
        assertThat(dpf.orders).hasSize(1);
        assertThat(count("auc_subscription")).isEqualTo(1);
        assertThat(world.codes(Step.REPORT_VALIDATION)).containsExactly(ResultCode.OK);
    }

    @Test
    void authorisesAfterARestartWhatItOwedWithTheSameToken() throws Exception {
        peers.set(Dpf.class, null);
        Nonce nonce = register();
        validate(nonce);
        restart();
        peers.set(Dpf.class, dpf);
        order(nonce);
        awaitIdle();
        assertThat(dpf.orders).hasSize(1);
    }

    @Test
    void isNotMovedByAResultThatThePvaDidNotSign() throws Exception {
        Nonce nonce = register();
        AttestationResult result = machine.result(world.clock.instant());
        Opaque forged = Opaque.of(result.sign(P256PrivateKey.generate(world.random)));
        Sho.Validation validation = new Sho.Validation(nonce, machine.ueid, ResultCode.OK, Optional.of(forged));
        assertThat(refusal(() -> sho.validated(validation))).isEqualTo(ResultCode.FORBIDDEN);
        byte[] bent = result.sign(pvaKey);
        bent[bent.length / 2] ^= 1;
        Sho.Validation damaged = new Sho.Validation(nonce, machine.ueid, ResultCode.OK, Optional.of(Opaque.of(bent)));
        assertThat(refusal(() -> sho.validated(damaged))).isEqualTo(ResultCode.FORBIDDEN);
        assertNothingBound();
        validate(nonce);
        order(nonce);
    }

    /** More than clocks may differ, less than what the registration has left. */
    private static final Duration SLOW = Duration.ofMinutes(10);

    @Test
    void decidesNothingWhileItsClockIsSlow() throws Exception {
        Nonce nonce = register();
        Sho.Validation validation = validation(nonce, machine.result(world.clock.instant()));
        world.clock.advance(SLOW.negated());
        assertThat(refusal(() -> sho.validated(validation))).isEqualTo(ResultCode.UNAVAILABLE);
        assertNothingBound();
        world.clock.advance(SLOW);
        sho.validated(validation);
        order(nonce);
    }

    @Test
    void isNotMovedByAResultAboutAnotherDevice() throws Exception {
        Nonce nonce = register();
        Machine other = new Machine(world.random);
        Opaque signed = Opaque.of(other.result(world.clock.instant()).sign(pvaKey));
        Sho.Validation validation = new Sho.Validation(nonce, machine.ueid, ResultCode.OK, Optional.of(signed));
        assertThat(refusal(() -> sho.validated(validation))).isEqualTo(ResultCode.FORBIDDEN);
        Sho.Validation swapped = new Sho.Validation(nonce, other.ueid, ResultCode.OK, Optional.of(signed));
        assertThat(refusal(() -> sho.validated(swapped))).isEqualTo(ResultCode.NONCE_USED);
        assertNothingBound();
    }

    @Test
    void believesNoPvaWhoseCertificateIsForeignOrNotAPvas() throws Exception {
        for (var certificate :
                List.of(world.certify(world.newAuthority(), "pva", pvaKey), world.certify("ivf", pvaKey))) {
            ShoSettings with = new ShoSettings(
                    OPERATOR,
                    settings.policy(),
                    certificate,
                    settings.subscriptions(),
                    APN,
                    settings.authorisation(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
            restart(with, () -> {});
            Nonce nonce = register();
            assertThat(refusal(() -> validate(nonce))).isEqualTo(ResultCode.FORBIDDEN);
        }
        assertNothingBound();
    }

    @Test
    void refusesAResultThatIsExpiredOrOlderThanTheRegistration() throws Exception {
        Instant before = world.clock.instant();
        Nonce late = register();
        Sho.Validation expired = validation(late, machine.result(before));
        world.clock.advance(Duration.ofMinutes(10));
        sho.validated(expired);
        assertThat(awaitRefusal(late)).isEqualTo(ResultCode.EVIDENCE_STALE);
        Nonce fresh = register();
        sho.validated(validation(fresh, machine.result(world.clock.instant().minusSeconds(120))));
        assertThat(awaitRefusal(fresh)).isEqualTo(ResultCode.EVIDENCE_STALE);
        assertNothingBound();
    }

    @Test
    void takesAResultForOneRegistrationOnly() throws Exception {
        AttestationResult result = machine.result(world.clock.instant());
        Nonce first = register();
        sho.validated(validation(first, result));
        order(first);
        Nonce second = register();
        sho.validated(validation(second, result));
        assertThat(awaitRefusal(second)).isEqualTo(ResultCode.EVIDENCE_STALE);
    }

    @Test
    void endsTheRegistrationWhenThePvaSaysNo() throws Exception {
        Nonce nonce = register();
        Sho.Validation no = new Sho.Validation(nonce, machine.ueid, ResultCode.COMPONENT_MISMATCH, Optional.empty());
        sho.validated(no);
        sho.validated(no);
        assertThat(awaitRefusal(nonce)).isEqualTo(ResultCode.COMPONENT_MISMATCH);
        assertNothingBound();
        assertThat(world.codes(Step.REPORT_VALIDATION)).containsExactly(ResultCode.OK);
    }

    static Stream<TrustVector> vectorsThatSayTooLittle() {
        return Stream.of(
                new TrustVector(2, 2, 3, 0, 32, 0, 32, 0), // hardware in doubt as well
                new TrustVector(2, 36, 3, 0, 0, 0, 32, 0), // configuration
                new TrustVector(2, 2, 33, 0, 0, 0, 32, 0), // unrecognised executables
                new TrustVector(0, 2, 3, 0, 0, 0, 32, 0), // nothing said of identity
                new TrustVector(2, 2, 0, 0, 0, 0, 32, 0), // nothing said of executables
                new TrustVector(2, 2, 3, 0, 0, 0, 0, 0), // nothing said of storage
                new TrustVector(2, 2, 3, 0, 0, 0, 33, 0), // another warning of storage
                new TrustVector(2, 2, 3, 0, 0, 96, 32, 0)); // runtime secrets are visible
    }

    @ParameterizedTest
    @MethodSource("vectorsThatSayTooLittle")
    void refusesAResultThatDoesNotSayWhatThePolicyAsks(TrustVector vector) throws Exception {
        Nonce nonce = register();
        sho.validated(validation(nonce, machine.result(world.clock.instant(), vector, Machine.POLICY, ALL)));
        assertThat(awaitRefusal(nonce)).isEqualTo(ResultCode.POLICY);
        assertThat(world.codes(Step.REPORT_VALIDATION)).containsExactly(ResultCode.POLICY);
        assertNothingBound();
    }

    @Test
    void refusesSoftwareStorageWhereThePolicyDoesNotAcceptIt() throws Exception {
        restart(settings(2, 0, false, Optional.empty()), () -> {});
        Nonce nonce = register();
        validate(nonce);
        assertThat(awaitRefusal(nonce)).isEqualTo(ResultCode.POLICY);
        sho.lift(machine.ueid);
        Nonce hardware = register();
        TrustVector affirming = new TrustVector(2, 2, 3, 0, 2, 2, 2, 0);
        sho.validated(validation(hardware, machine.result(world.clock.instant(), affirming, Machine.POLICY, ALL)));
        order(hardware);
    }

    @Test
    void refusesAResultByAnotherPolicyOrWithoutARequiredComponent() throws Exception {
        Nonce other = register();
        sho.validated(validation(other, machine.result(world.clock.instant(), Machine.SOFT, "lax", ALL)));
        assertThat(awaitRefusal(other)).isEqualTo(ResultCode.POLICY);
        sho.lift(machine.ueid);
        Nonce missing = register();
        List<String> some = List.of("agent", "config");
        sho.validated(validation(missing, machine.result(world.clock.instant(), Machine.SOFT, Machine.POLICY, some)));
        assertThat(awaitRefusal(missing)).isEqualTo(ResultCode.POLICY);
        assertNothingBound();
    }

    @Test
    void refusesResultsForRegistrationsThatItDoesNotHave() {
        assertThat(refusal(() -> validate(nonce()))).isEqualTo(ResultCode.NOT_FOUND);
    }

    @Test
    void ignoresAResultForARegistrationThatTheDeviceGaveUp() throws Exception {
        Nonce old = register();
        Nonce next = register();
        validate(old);
        validate(next);
        order(next);
        awaitIdle();
        assertThat(find(old)).isEmpty();
        assertThat(count("auc_subscription")).isEqualTo(1);
    }

    @Test
    void endsTheRegistrationAndTakesTheSubscriptionBackWhenTheDpfRefuses() throws Exception {
        dpf.refuse(ResultCode.NOT_AUTHORIZED);
        Nonce nonce = register();
        validate(nonce);
        assertThat(awaitRefusal(nonce)).isEqualTo(ResultCode.NOT_AUTHORIZED);
        assertNothingBound();
    }

    @Test
    void keepsNothingThatTheDatabaseDoesNotKeepWhole() throws Exception {
        Nonce nonce = register();
        awaitIdle();
        restart(settings, () -> world.fill("sho." + OPERATOR, "sho.db", "outbox"));
        assertThatThrownBy(() -> validate(nonce)).isInstanceOf(StorageFailed.class);
        assertNothingBound();
        restart(settings, () -> world.free("sho." + OPERATOR, "sho.db"));
        validate(nonce);
        try (Mcim mcim = machine.open(order(nonce).envelope().orElseThrow(), context.certificate())) {
            assertThat(mcim.imsi()).isEqualTo(FIRST);
        }
    }

    private void assertNothingBound() {
        assertThat(count("auc_subscription")).isZero();
        assertThat(world.number("sho." + OPERATOR, "sho.db", "SELECT COUNT(imsi) FROM registration"))
                .isZero();
        assertThat(dpf.orders).isEmpty();
    }
}
