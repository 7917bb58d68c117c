// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.pki.CertificateAuthority.Request;
import org.m2me.protocol.pki.CertificateAuthority.Usage;
import org.m2me.protocol.pki.CertificateRefused.Reason;

final class OcspTest {
    private static final byte[] NONCE = new byte[32];

    private final TestPki pki = new TestPki("supplier.acme");
    private final P256PrivateKey responderKey = pki.newKey();
    private final Certificate responder = pki.issue("ocsp", responderKey.publicKey(), Usage.OCSP);
    private final Certificate device = pki.issue(TestPki.UEID, pki.newKey().publicKey(), Usage.DEVICE);
    private final byte[] request = Ocsp.request(List.of(device), pki.root(), NONCE);
    private final Ocsp.Responder delegated = new Ocsp.Responder(pki.root(), Optional.of(responder), responderKey);

    @Test
    void trustsACertificateThatADelegatedResponderCallsGood() {
        assertGood(delegated.respond(request, OcspTest::good, TestPki.NOW));
    }

    @Test
    void trustsACertificateThatItsIssuerCallsGood() {
        Ocsp.Responder issuer = new Ocsp.Responder(pki.root(), Optional.empty(), pki.key());

        assertGood(issuer.respond(request, OcspTest::good, TestPki.NOW));
    }

    @Test
    void refusesARevokedCertificate() {
        assertRefused(delegated.respond(request, OcspTest::revoked, TestPki.NOW), Reason.REVOKED);
    }

    @Test
    void refusesACertificateThatTheResponderDoesNotKnow() {
        byte[] response = delegated.respond(request, serial -> new Ocsp.Status.Unknown(), TestPki.NOW);

        assertRefused(response, Reason.STATUS_UNKNOWN);
    }

    @Test
    void asksForTheSerialNumberThatTheCertificateHas() {
        byte[] response = delegated.respond(
                request,
                serial -> serial.equals(device.serial()) ? new Ocsp.Status.Good() : new Ocsp.Status.Unknown(),
                TestPki.NOW);

        assertGood(response);
    }

    @Test
    void knowsNothingOfAnotherIssuersCertificates() {
        TestPki other = new TestPki("supplier.other");
        Certificate foreign = other.issue(TestPki.UEID, pki.newKey().publicKey(), Usage.DEVICE);
        byte[] response =
                delegated.respond(Ocsp.request(List.of(foreign), other.root(), NONCE), OcspTest::good, TestPki.NOW);

        assertThatThrownBy(() -> check(response, foreign, TestPki.NOW))
                .asInstanceOf(InstanceOfAssertFactories.type(CertificateRefused.class))
                .extracting(CertificateRefused::reason)
                .isEqualTo(Reason.STATUS_NOT_TOLD);
    }

    @Test
    void refusesAnAnswerToAnotherRequest() {
        byte[] otherNonce = {1, 2, 3};
        byte[] response =
                delegated.respond(Ocsp.request(List.of(device), pki.root(), otherNonce), OcspTest::good, TestPki.NOW);

        assertRefused(response, Reason.STATUS_NOT_TOLD);
    }

    @Test
    void refusesAnAnswerAboutAnotherCertificate() {
        Certificate other = pki.issue("other", pki.newKey().publicKey(), Usage.DEVICE);
        byte[] response =
                delegated.respond(Ocsp.request(List.of(other), pki.root(), NONCE), OcspTest::good, TestPki.NOW);

        assertRefused(response, Reason.STATUS_NOT_TOLD);
    }

    @Test
    void refusesAnAnswerOutOfItsTime() {
        Duration skew = Duration.ofMinutes(5);
        byte[] old = delegated.respond(
                request,
                OcspTest::good,
                TestPki.NOW.minus(OcspAnswer.VALIDITY).minus(skew).minusSeconds(1));
        byte[] early = delegated.respond(
                request, OcspTest::good, TestPki.NOW.plus(skew).plusSeconds(1));

        assertRefused(old, Reason.STATUS_NOT_TOLD);
        assertRefused(early, Reason.STATUS_NOT_TOLD);
    }

    @Test
    void reliesOnAnAnswerWithoutNonceForAnHourOnly() throws Exception {
        byte[] request = new OCSPReqBuilder()
                .addRequest(new OcspId(pki.root()).of(NISTObjectIdentifiers.id_sha256, device.serial()))
                .build()
                .getEncoded();
        byte[] response = delegated.respond(request, OcspTest::good, TestPki.NOW);

        assertGood(response);
        assertThatThrownBy(() -> check(response, device, TestPki.NOW.plus(Duration.ofMinutes(66))))
                .hasMessageContaining("STATUS_NOT_TOLD");
    }

    @Test
    void refusesAResponderThatWasNotCertifiedForIt() {
        Certificate role = pki.issue("role", responderKey.publicKey(), Usage.ROLE);
        Ocsp.Responder pretender = new Ocsp.Responder(pki.root(), Optional.of(role), responderKey);

        assertRefused(pretender.respond(request, OcspTest::good, TestPki.NOW), Reason.STATUS_NOT_TOLD);
    }

    @Test
    void refusesAResponderThatAnotherAuthorityCertified() {
        Certificate foreign = new TestPki("supplier.acme").issue("ocsp", responderKey.publicKey(), Usage.OCSP);
        Ocsp.Responder pretender = new Ocsp.Responder(pki.root(), Optional.of(foreign), responderKey);

        assertRefused(pretender.respond(request, OcspTest::good, TestPki.NOW), Reason.STATUS_NOT_TOLD);
    }

    @Test
    void refusesAResponderWhoseCertificateExpired() {
        Instant end = TestPki.NOW.minusSeconds(1);
        Certificate expired = pki.authority()
                .issue(new Request("ocsp", "", responderKey.publicKey(), Usage.OCSP, TestPki.BEGIN, end));
        Ocsp.Responder late = new Ocsp.Responder(pki.root(), Optional.of(expired), responderKey);

        assertRefused(late.respond(request, OcspTest::good, TestPki.NOW), Reason.STATUS_NOT_TOLD);
    }

    @Test
    void refusesAnAnswerWithAnyByteChanged() {
        byte[] response = delegated.respond(request, OcspTest::good, TestPki.NOW);
        int reliedOn = 0;
        for (int i = 0; i < response.length; i++) {
            byte[] forged = response.clone();
            forged[i] ^= 1;
            try {
                check(forged, device, TestPki.NOW);
                reliedOn++;
            } catch (CertificateRefused refused) {
                assertThat(refused.reason()).isNotEqualTo(Reason.REVOKED);
            }
        }
        assertThat(reliedOn).isZero();
    }

    @Test
    void refusesAnAnswerCutShortOrMadeOfNoise() {
        byte[] response = delegated.respond(request, OcspTest::good, TestPki.NOW);
        for (int length = 0; length < response.length; length++) {
            assertRefused(Arrays.copyOf(response, length), Reason.STATUS_NOT_TOLD);
        }
        assertRefused(new byte[100_000], Reason.STATUS_NOT_TOLD);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 40, 100_000})
    void saysSoWhenARequestCannotBeRead(int length) throws Exception {
        byte[] response = delegated.respond(new byte[length], OcspTest::good, TestPki.NOW);

        assertThat(new OCSPResp(response).getStatus()).isEqualTo(OCSPResp.MALFORMED_REQUEST);
        assertRefused(response, Reason.STATUS_NOT_TOLD);
    }

    @Test
    void answersAnyRequestWithoutFailing() {
        Random random = new Random(2);
        for (int i = 0; i < 2_000; i++) {
            byte[] mutant = request.clone();
            mutant[random.nextInt(mutant.length)] = (byte) random.nextInt();
            assertThat(delegated.respond(mutant, OcspTest::good, TestPki.NOW)).isNotEmpty();
        }
    }

    @Test
    void refusesToAnswerWithAnothersKey() {
        assertThatThrownBy(() -> new Ocsp.Responder(pki.root(), Optional.of(responder), pki.key()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static Ocsp.Status good(BigInteger serial) {
        assertThat(serial).isNotZero();
        return new Ocsp.Status.Good();
    }

    private static Ocsp.Status revoked(BigInteger serial) {
        assertThat(serial).isNotZero();
        return new Ocsp.Status.Revoked(TestPki.NOW.minusSeconds(60));
    }

    private void check(byte[] response, Certificate certificate, Instant now) throws CertificateRefused {
        Ocsp.read(response, pki.root(), NONCE, now).check(certificate);
    }

    private void assertGood(byte[] response) {
        assertThatCode(() -> check(response, device, TestPki.NOW)).doesNotThrowAnyException();
    }

    private void assertRefused(byte[] response, Reason reason) {
        assertThatThrownBy(() -> check(response, device, TestPki.NOW))
                .asInstanceOf(InstanceOfAssertFactories.type(CertificateRefused.class))
                .extracting(CertificateRefused::reason)
                .isEqualTo(reason);
    }
}
