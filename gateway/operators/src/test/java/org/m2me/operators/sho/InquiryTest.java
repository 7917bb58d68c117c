// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import static org.assertj.core.api.Assertions.assertThat;
import static org.m2me.operators.World.OPERATOR;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.m2me.operators.Count;
import org.m2me.operators.Counterparts.IvfSide;
import org.m2me.operators.Ivf;
import org.m2me.operators.Ivf.Standing;
import org.m2me.operators.Machine;
import org.m2me.operators.Pva;
import org.m2me.operators.Sho;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.envelope.Mcim;
import org.m2me.protocol.evidence.AttestationResult;
import org.m2me.protocol.evidence.Authenticity;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.DeviceState;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;
import org.m2me.protocol.step.Step;

/** Steps 3 to 5 of a change: what the IVF says is believed where the PVA has signed it, and nowhere else. */
final class InquiryTest extends ShoFixture {
    private static final List<String> ALL = List.of("runtime", "agent", "config");

    private IvfSide ivf;

    @BeforeEach
    void vouch() {
        ivf = new IvfSide();
        peers.set(Ivf.class, ivf);
        pva.vouch(asked -> machine.authenticity(asked.get(0).registration(), world.clock.instant(), pvaKey));
    }

    private Nonce change() throws Refused {
        return change(Optional.of(Machine.state()));
    }

    private Nonce change(Optional<DeviceState> state) throws Refused {
        Nonce nonce = nonce();
        sho.register(new Sho.Registration(nonce, machine.ueid, Optional.empty(), Procedure.CHANGE, state));
        return nonce;
    }

    private void keep(Opaque signed) {
        ivf.answer(asked -> new Ivf.Answer(asked.device(), Standing.VALID, Optional.of(signed)));
    }

    private Opaque kept() {
        return Opaque.of(machine.result(world.clock.instant()).sign(pvaKey));
    }

    @Test
    void authorisesOnAKeptResultWithoutAskingForAValidation() throws Exception {
        keep(kept());
        Nonce nonce = change();
        Opaque envelope = order(nonce).envelope().orElseThrow();
        awaitIdle();

        try (Mcim mcim = machine.open(envelope, context.certificate())) {
            assertThat(mcim.registration()).isEqualTo(nonce);
        }
        assertThat(pva.requests).isEmpty();
        assertThat(pva.inquiries).containsExactly(List.of(new Pva.Applicant(nonce, machine.ueid)));
        assertThat(ivf.inquiries)
                .containsExactly(new Ivf.Inquiry(
                        OPERATOR,
                        Machine.POLICY,
                        settings.policy().requiredComponents(),
                        Optional.of(10L),
                        List.of(new Ivf.Asked(machine.ueid, Optional.of(Machine.state())))));
        assertThat(world.taken()).containsExactly(Step.REGISTER_WITH_SHO, Step.ANSWER_INQUIRY, Step.REPORT_VALIDATION);
        assertThat(sho.validationCounts())
                .isEqualTo(new Sho.ValidationCounts(0, List.of(new Count("VALID", 1)), List.of()));
    }

    @Test
    void reliesOnOneResultForOneRegistrationAfterAnother() throws Exception {
        keep(kept());
        order(change());
        Nonce again = change();
        order(again);
        awaitIdle();
        assertThat(pva.requests).isEmpty();
        assertThat(count("auc_subscription")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(value = Standing.class, mode = EnumSource.Mode.EXCLUDE, names = "VALID")
    void asksThePvaToValidateWhereTheIvfHasNothingToRelyOn(Standing standing) throws Exception {
        ivf.answer(asked -> new Ivf.Answer(asked.device(), standing, Optional.of(kept())));
        assertFallsBack(change(), standing.name());
        assertThat(sho.validationCounts().answers()).containsExactly(new Count(standing.name(), 1));
        assertThat(world.codes(Step.ANSWER_INQUIRY)).containsExactly(ResultCode.OK);
    }

    /** What an IVF that lies, or that was lied to, can say. */
    private record Lie(String words, String reason, java.util.function.Function<InquiryTest, Opaque> result) {
        @Override
        public String toString() {
            return words;
        }
    }

    static Stream<Lie> lies() {
        return Stream.of(
                new Lie(
                        "forged",
                        "FORGED",
                        test -> Opaque.of(test.now().sign(P256PrivateKey.generate(test.world.random)))),
                new Lie("damaged", "FORGED", test -> {
                    byte[] bent = test.now().sign(test.pvaKey);
                    bent[bent.length / 2] ^= 1;
                    return Opaque.of(bent);
                }),
                new Lie("nothing at all", "FORGED", test -> Opaque.hex("00")),
                new Lie(
                        "foreign",
                        "FORGED",
                        test -> Opaque.of(new Machine(test.world.random)
                                .result(test.world.clock.instant())
                                .sign(test.pvaKey))),
                new Lie("stale", "STALE", test -> {
                    Opaque old = test.kept();
                    test.world.clock.advance(Duration.ofMinutes(11));
                    return old;
                }),
                new Lie(
                        "of tomorrow",
                        "STALE",
                        test -> test.signed(
                                test.machine.result(test.world.clock.instant().plus(Duration.ofDays(1))))),
                new Lie(
                        "of another policy",
                        "POLICY",
                        test -> test.signed(test.machine.result(test.world.clock.instant(), Machine.SOFT, "lax", ALL))),
                new Lie(
                        "without a component",
                        "POLICY",
                        test -> test.signed(test.machine.result(
                                test.world.clock.instant(), Machine.SOFT, Machine.POLICY, List.of("agent")))));
    }

    private AttestationResult now() {
        return machine.result(world.clock.instant());
    }

    private Opaque signed(AttestationResult result) {
        return Opaque.of(result.sign(pvaKey));
    }

    @ParameterizedTest
    @MethodSource("lies")
    void isNotMovedByAnIvfThatLies(Lie lie) throws Exception {
        keep(lie.result().apply(this));
        assertFallsBack(change(), lie.reason());
    }

    @Test
    void isNotMovedByAnOlderResultThanItHasReliedOn() throws Exception {
        Opaque old = kept();
        world.clock.advance(Duration.ofSeconds(30));
        keep(kept());
        order(change());
        keep(old);
        assertFallsBack(change(), "STALE");
    }

    @Test
    void isNotMovedByAResultThatThePvaDoesNotStandByAnyMore() throws Exception {
        keep(kept());
        pva.vouch(asked -> Opaque.of(new Authenticity(
                        List.of(new Authenticity.Vouched(
                                machine.ueid,
                                asked.get(0).registration(),
                                machine.platformKey.publicKey().thumbprint(),
                                Optional.of(world.clock.instant()))),
                        world.clock.instant())
                .sign(pvaKey)));
        assertFallsBack(change(), "WITHDRAWN");
    }

    @Test
    void isNotMovedByAResultOfACredentialThatWasReplaced() throws Exception {
        keep(kept());
        Machine renewed = new Machine(world.random);
        pva.vouch(asked -> Opaque.of(new Authenticity(
                        List.of(new Authenticity.Vouched(
                                machine.ueid,
                                asked.get(0).registration(),
                                renewed.platformKey.publicKey().thumbprint(),
                                Optional.empty())),
                        world.clock.instant())
                .sign(pvaKey)));
        assertFallsBack(change(), "OTHER_CREDENTIAL");
    }

    @Test
    void isNotMovedWhereTheDeviceSaysAnotherStateThanTheResultCovers() throws Exception {
        keep(kept());
        Opaque firmware = Machine.state().firmware();
        assertFallsBack(change(Optional.of(new DeviceState(4, firmware))), "OTHER_STATE");
        keep(kept());
        assertFallsBack(change(Optional.of(new DeviceState(16, firmware))), "OTHER_STATE");
        keep(kept());
        keep(kept());
        Opaque other = Opaque.of(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
        assertFallsBack(change(Optional.of(new DeviceState(6, other))), "OTHER_STATE");
        keep(kept());
        order(change(Optional.of(new DeviceState(15, firmware))));
    }

    @Test
    void asksNobodyElseWhenTheDeviceDoesNotSayItsState() throws Exception {
        keep(kept());
        assertFallsBack(change(Optional.empty()), "STATE_NOT_TOLD");
        assertThat(ivf.inquiries).isEmpty();
    }

    @Test
    void doesNotWaitForAnIvfThatIsAway() throws Exception {
        peers.set(Ivf.class, null);
        assertFallsBack(change(), "UNREACHABLE");
        assertThat(world.codes(Step.ANSWER_INQUIRY)).isEmpty();
    }

    @Test
    void takesNoWordOnAuthenticityThatIsForgedForeignOrOfAnotherRegistration() throws Exception {
        keep(kept());
        pva.vouch(asked -> machine.authenticity(
                asked.get(0).registration(), world.clock.instant(), P256PrivateKey.generate(world.random)));
        assertFallsBack(change(), "AUTHENTICITY");
        pva.vouch(asked -> machine.authenticity(nonce(), world.clock.instant(), pvaKey));
        assertFallsBack(change(), "AUTHENTICITY");
        pva.vouch(asked ->
                new Machine(world.random).authenticity(asked.get(0).registration(), world.clock.instant(), pvaKey));
        assertFallsBack(change(), "AUTHENTICITY");
        Instant old = world.clock.instant().minus(Duration.ofHours(1));
        pva.vouch(asked -> machine.authenticity(asked.get(0).registration(), old, pvaKey));
        assertFallsBack(change(), "AUTHENTICITY");
    }

    @Test
    void holdsADeviceWhoseCredentialThePvaDoesNotVouchFor() throws Exception {
        keep(kept());
        pva.disowned.put(machine.ueid, ResultCode.CREDENTIAL_REVOKED);
        assertThat(awaitRefusal(change())).isEqualTo(ResultCode.CREDENTIAL_REVOKED);
        assertThat(sho.holds(Optional.empty()))
                .extracting(Sho.Hold::code)
                .containsExactly(ResultCode.CREDENTIAL_REVOKED);
        assertThat(refusal(this::change)).isEqualTo(ResultCode.CREDENTIAL_REVOKED);
        assertThat(ivf.inquiries).isEmpty();
    }

    @Test
    void waitsForAPvaThatIsAwayAndGoesOnAfterARestart() throws Exception {
        keep(kept());
        peers.set(Pva.class, null);
        Nonce nonce = change();
        restart();
        peers.set(Pva.class, pva);
        order(nonce);
        awaitIdle();
        assertThat(dpf.orders).hasSize(1);
        assertThat(world.codes(Step.ANSWER_INQUIRY)).hasSize(1);
    }

    @Test
    void asksThePvaOnlyWhereItUsesNoIvf() throws Exception {
        keep(kept());
        restart(
                new ShoSettings(
                        OPERATOR,
                        settings.policy(),
                        settings.pva(),
                        settings.subscriptions(),
                        APN,
                        settings.authorisation(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()),
                () -> {});
        Nonce nonce = change();
        world.await("the PVA is asked", () -> !pva.requests.isEmpty());
        assertThat(pva.inquiries).isEmpty();
        assertThat(sho.validationCounts()).isEqualTo(new Sho.ValidationCounts(1, List.of(), List.of()));
        validate(nonce);
        order(nonce);
    }

    /** The PVA is asked to validate, nothing is authorised before it has, and the reason is counted. */
    private void assertFallsBack(Nonce nonce, String reason) throws Refused {
        world.await(
                "the PVA is asked",
                () -> pva.requests.stream()
                        .anyMatch(request -> request.registration().equals(nonce)));
        assertThat(find(nonce)).isEmpty();
        assertThat(sho.validationCounts().fallBacks()).extracting(Count::name).contains(reason);
        assertThat(sho.validationCounts().validations()).isEqualTo(pva.requests.size());
        validate(nonce);
        order(nonce);
    }
}
