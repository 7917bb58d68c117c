// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.pva;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.m2me.operators.pva.PvaWorld.GOOD;
import static org.m2me.operators.pva.PvaWorld.component;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.operators.Pva;
import org.m2me.operators.Sho;
import org.m2me.operators.pva.PvaWorld.TestDevice;
import org.m2me.operators.store.Freeze;
import org.m2me.operators.store.StorageFailed;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.evidence.AttestationResult;
import org.m2me.protocol.evidence.MeasuredComponent;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Mail;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.message.Verdict;
import org.m2me.protocol.pki.CertificateAuthority;
import org.m2me.protocol.pki.CertificateAuthority.Usage;
import org.m2me.protocol.step.Step;
import org.m2me.protocol.step.StepEvent;

class PvaRoleTest {
    @TempDir
    Path directory;

    private PvaWorld world;

    @BeforeEach
    void start() throws IOException {
        world = new PvaWorld(directory);
    }

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void issuesAResultThatEndsAtWarningForADeviceInSoftware() throws Exception {
        world.supplier.release(PvaWorld.MODEL, GOOD);
        TestDevice device = world.made();
        Pva.Request request = world.request(device);
        world.pva.validate(request);

        assertThat(send(device, device.evidence(challenge(device), GOOD))).isEqualTo(ResultCode.OK);

        Sho.Validation told = world.told();
        assertThat(told.registration()).isEqualTo(request.registration());
        assertThat(told.code()).isEqualTo(ResultCode.OK);
        AttestationResult result = AttestationResult.verify(
                told.result().orElseThrow().bytes(),
                world.pvaContext.certificate().publicKey());
        assertThat(result.status()).isEqualTo(32);
        assertThat(result.vector().storageOpaque()).isEqualTo(32);
        assertThat(result.components()).containsExactlyInAnyOrder("runtime", "agent", "config");
        assertThat(result.agreementKey().compressed())
                .isEqualTo(device.agreement.publicKey().compressed());
        assertThat(world.steps).extracting(StepEvent::step).containsExactly(Step.REQUEST_VALIDATION, Step.VALIDATE);
    }

    @Test
    void namesTheComponentThatWasTamperedWith() throws Exception {
        world.supplier.release(PvaWorld.MODEL, GOOD);
        TestDevice device = world.made();
        List<MeasuredComponent> tampered = List.of(GOOD.get(0), component("agent", 99), GOOD.get(2));

        assertThat(validated(device, tampered)).isEqualTo(ResultCode.COMPONENT_MISMATCH);

        assertThat(world.told().code()).isEqualTo(ResultCode.COMPONENT_MISMATCH);
        assertThat(world.steps.get(1).carried()).contains("'agent'");
    }

    @Test
    void refusesAComponentThatIsMissingOrUnknown() throws Exception {
        world.supplier.release(PvaWorld.MODEL, GOOD);

        assertThat(validated(world.made(), GOOD.subList(0, 2))).isEqualTo(ResultCode.COMPONENT_MISMATCH);
        assertThat(validated(world.made(), List.of(GOOD.get(0), GOOD.get(1), GOOD.get(2), component("implant", 7))))
                .isEqualTo(ResultCode.COMPONENT_MISMATCH);
    }

    @Test
    void refusesWhenReferenceValuesAreMissing() throws Exception {
        assertThat(validated(world.made(), GOOD)).isEqualTo(ResultCode.REFERENCE_VALUES_MISSING);
    }

    @Test
    void refusesADeviceThatNoSupplierEnrolled() {
        TestDevice stranger = world.new TestDevice();

        assertRefused(ResultCode.UNKNOWN_DEVICE, () -> world.pva.validate(world.request(stranger)));
    }

    @Test
    void refusesARevokedCredential() throws Exception {
        world.supplier.release(PvaWorld.MODEL, GOOD);
        TestDevice device = world.made();
        world.supplier.revoke(device.ueid);

        assertThat(validated(device, GOOD)).isEqualTo(ResultCode.CREDENTIAL_REVOKED);
    }

    @Test
    void refusesAnExpiredCredential() throws Exception {
        world.supplier.release(PvaWorld.MODEL, GOOD);
        TestDevice device = world.made();
        world.clock.advance(Duration.ofDays(21 * 365L));

        assertThat(validated(device, GOOD)).isEqualTo(ResultCode.CREDENTIAL_EXPIRED);
    }

    @Test
    void refusesToEnrolACredentialOfAStrangeSupplier() {
        P256PrivateKey strangeKey = P256PrivateKey.generate(world.random);
        CertificateAuthority strange = CertificateAuthority.selfSigned(
                "strangers",
                strangeKey,
                world.clock.instant(),
                world.clock.instant().plusSeconds(1000));
        TestDevice device = world.new TestDevice();
        byte[] certificate = strange.issue(new CertificateAuthority.Request(
                        device.ueid.hex(),
                        "",
                        device.platform.publicKey(),
                        Usage.DEVICE,
                        world.clock.instant(),
                        world.clock.instant().plusSeconds(1000)))
                .der();

        assertRefused(
                ResultCode.CREDENTIAL_INVALID,
                () -> world.pva.enrol(device.ueid, Opaque.of(certificate), device.ownerProof()));
    }

    @Test
    void refusesToEnrolACredentialForAnotherSuppliersDevice() throws Exception {
        TestDevice device = world.made();
        byte[] certificate = world.rivalCa
                .issue(new CertificateAuthority.Request(
                        device.ueid.hex(),
                        "",
                        P256PrivateKey.generate(world.random).publicKey(),
                        Usage.DEVICE,
                        world.clock.instant(),
                        world.clock.instant().plusSeconds(1000)))
                .der();

        assertRefused(
                ResultCode.FORBIDDEN, () -> world.pva.enrol(device.ueid, Opaque.of(certificate), device.ownerProof()));
        world.supplier.release(PvaWorld.MODEL, GOOD);
        world.pva.validate(world.request(device));
        assertThat(send(device, device.evidence(challenge(device), GOOD))).isEqualTo(ResultCode.OK);
    }

    @Test
    void refusesEvidenceForAnotherChallengeAndKeepsTheValidationOpen() throws Exception {
        world.supplier.release(PvaWorld.MODEL, GOOD);
        TestDevice device = world.made();
        world.pva.validate(world.request(device));
        Nonce challenge = challenge(device);

        assertRefused(ResultCode.EVIDENCE_STALE, () -> send(device, device.evidence(Nonce.random(world.random), GOOD)));

        assertThat(send(device, device.evidence(challenge, GOOD))).isEqualTo(ResultCode.OK);
    }

    @Test
    void refusesEvidenceThatIsReplayedInALaterValidation() throws Exception {
        world.supplier.release(PvaWorld.MODEL, GOOD);
        TestDevice device = world.made();
        world.pva.validate(world.request(device));
        byte[] evidence = device.evidence(challenge(device), GOOD);
        send(device, evidence);
        world.pva.validate(world.request(device));

        assertRefused(ResultCode.EVIDENCE_STALE, () -> send(device, evidence));
    }

    @Test
    void refusesEvidenceSignedByAnotherKey() throws Exception {
        world.supplier.release(PvaWorld.MODEL, GOOD);
        TestDevice device = world.made();
        world.pva.validate(world.request(device));
        Nonce challenge = challenge(device);
        TestDevice thief = world.new TestDevice();
        byte[] forged = new org.m2me.protocol.evidence.Evidence(
                        device.ueid,
                        challenge,
                        PvaWorld.MODEL,
                        1,
                        1,
                        GOOD,
                        Opaque.of(new byte[32]),
                        thief.agreement.publicKey())
                .sign(thief.platform);

        assertThat(send(device, forged)).isEqualTo(ResultCode.EVIDENCE_INVALID);
    }

    @Test
    void refusesABootCountThatWentBackwards() throws Exception {
        world.supplier.release(PvaWorld.MODEL, GOOD);
        TestDevice device = world.made();
        device.boots = 5;
        assertThat(validated(device, GOOD)).isEqualTo(ResultCode.OK);
        device.boots = 4;

        assertThat(validated(device, GOOD)).isEqualTo(ResultCode.ROLLED_BACK);
    }

    @Test
    void refusesAStoreGenerationThatWentBackwards() throws Exception {
        world.supplier.release(PvaWorld.MODEL, GOOD);
        TestDevice device = world.made();
        device.generation = 5;
        assertThat(validated(device, GOOD)).isEqualTo(ResultCode.OK);
        device.generation = 4;

        assertThat(validated(device, GOOD)).isEqualTo(ResultCode.ROLLED_BACK);
    }

    @Test
    void answersRepeatedEvidenceAlikeAndTellsTheShoOnce() throws Exception {
        world.supplier.release(PvaWorld.MODEL, GOOD);
        TestDevice device = world.made();
        world.pva.validate(world.request(device));
        byte[] evidence = device.evidence(challenge(device), GOOD);

        assertThat(send(device, evidence)).isEqualTo(ResultCode.OK);
        assertThat(send(device, evidence)).isEqualTo(ResultCode.OK);

        world.told();
        assertThat(world.validations).isEmpty();
        assertThat(world.steps).extracting(StepEvent::step).containsExactly(Step.REQUEST_VALIDATION, Step.VALIDATE);
    }

    @Test
    void decidesNothingWhileTheSupplierDoesNotTellTheStatus() throws Exception {
        world.supplier.release(PvaWorld.MODEL, GOOD);
        TestDevice device = world.made();
        world.pva.validate(world.request(device));
        byte[] evidence = device.evidence(challenge(device), GOOD);
        world.supplierSilent = true;
        assertRefused(ResultCode.UNAVAILABLE, () -> send(device, evidence));
        world.supplierSilent = false;

        assertThat(send(device, evidence)).isEqualTo(ResultCode.OK);
    }

    @Test
    void decidesNothingWhileItsClockIsSlow() throws Exception {
        world.supplier.release(PvaWorld.MODEL, GOOD);
        TestDevice device = world.made();
        world.pva.validate(world.request(device));
        byte[] evidence = device.evidence(challenge(device), GOOD);
        world.clock.advance(Duration.ofDays(-2));
        assertRefused(ResultCode.UNAVAILABLE, () -> send(device, evidence));
        world.clock.advance(Duration.ofDays(2));

        assertThat(send(device, evidence)).isEqualTo(ResultCode.OK);
    }

    @Test
    void takesStepNineOnceThoughTheDatabaseRefusedItBefore() throws Exception {
        world.supplier.release(PvaWorld.MODEL, GOOD);
        TestDevice device = world.made();
        world.pva.validate(world.request(device));
        byte[] evidence = device.evidence(challenge(device), GOOD);
        try (Freeze frozen = Freeze.of(world.pvaContext.directory().resolve("pva.db"))) {
            assertThat(frozen).isNotNull();
            assertThatThrownBy(() -> send(device, evidence)).isInstanceOf(StorageFailed.class);
        }

        assertThat(send(device, evidence)).isEqualTo(ResultCode.OK);
        assertThat(world.steps.stream().filter(event -> event.step() == Step.VALIDATE))
                .hasSize(1);
    }

    @Test
    void keepsChallengeAndDebtsWhenItIsStoppedAndStarted() throws Exception {
        world.supplier.release(PvaWorld.MODEL, GOOD);
        TestDevice device = world.made();
        world.pva.validate(world.request(device));
        Nonce challenge = challenge(device);
        world.restartPva();
        world.shoSilent = true;
        assertThat(send(device, device.evidence(challenge, GOOD))).isEqualTo(ResultCode.OK);
        world.restartPva();
        world.shoSilent = false;
        world.clock.advance(Duration.ofMinutes(1)); // what was refused in the meantime waits for its next turn
        world.restartPva();

        assertThat(world.told().code()).isEqualTo(ResultCode.OK);
    }

    @Test
    void replacesAChallengeThatGrewOld() throws Exception {
        TestDevice device = world.made();
        world.pva.validate(world.request(device));
        Nonce first = challenge(device);
        world.clock.advance(PvaRole.CHALLENGE_LIFETIME.plusSeconds(1));

        assertThat(challenge(device)).isNotEqualTo(first);
    }

    @Test
    void showsADeviceItsOwnMailOnly() throws Exception {
        TestDevice device = world.made();
        world.pva.validate(world.request(device));

        assertThat(world.pva.answer(world.new TestDevice().ueid, DeviceResource.MAIL, new byte[0]))
                .isEmpty();
    }

    @Test
    void noChallengeOfBeforeHidesWhatWaitsForADeviceThatRegisteredAnew() throws Exception {
        TestDevice device = world.made();
        world.pva.validate(world.request(device));

        world.authenticate(world.request(device));

        assertThat(world.pva.answer(device.ueid, DeviceResource.MAIL, new byte[0]))
                .isEmpty();
    }

    @Test
    void theChallengeOfAFallBackStaysWhenTheSameQuestionForAuthenticityIsRepeated() throws Exception {
        TestDevice device = world.made();
        Pva.Request request = world.request(device);
        world.authenticate(request);
        world.pva.validate(request);

        world.authenticate(request);

        assertThat(challenge(device)).isNotNull();
    }

    @Test
    void tellsTheGatewayForWhomAChallengeWaitsAlsoAfterARestart() throws Exception {
        TestDevice device = world.made();
        world.pva.validate(world.request(device));
        world.restartPva();

        assertThat(world.pva.feed(0, Duration.ofSeconds(5)).devices()).containsExactly(device.ueid);
    }

    private Nonce challenge(TestDevice device) throws Exception {
        byte[] mail =
                world.pva.answer(device.ueid, DeviceResource.MAIL, new byte[0]).orElseThrow();
        return ((Mail.Challenge) Mail.decode(mail)).nonce();
    }

    private ResultCode send(TestDevice device, byte[] evidence) throws Exception {
        byte[] answer =
                world.pva.answer(device.ueid, DeviceResource.EVIDENCE, evidence).orElseThrow();
        return Verdict.decode(answer).code();
    }

    private ResultCode validated(TestDevice device, List<MeasuredComponent> components) throws Exception {
        world.pva.validate(world.request(device));
        return send(device, device.evidence(challenge(device), components));
    }

    private static void assertRefused(ResultCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo(code));
    }
}
