// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.pki.CertificateAuthority.Request;
import org.m2me.protocol.pki.CertificateAuthority.Usage;

final class CertificateTest {
    private final TestPki pki = new TestPki("supplier.acme");
    private final P256PrivateKey key = pki.newKey();

    @Test
    void saysWhatWasCertified() {
        Certificate certificate = pki.issue(TestPki.UEID, key.publicKey(), Usage.DEVICE);

        assertThat(certificate.commonName()).isEqualTo(TestPki.UEID);
        assertThat(certificate.publicKey()).isEqualTo(key.publicKey());
        assertThat(certificate.notBefore()).isEqualTo(TestPki.BEGIN);
        assertThat(certificate.notAfter()).isEqualTo(TestPki.END);
        assertThat(certificate.isAuthority()).isFalse();
        assertThat(pki.root().isAuthority()).isTrue();
        assertThat(Certificate.parse(certificate.der())).isEqualTo(certificate);
    }

    @Test
    void isSmallEnoughForTheAirWhenItIsADevices() {
        assertThat(pki.issue(TestPki.UEID, key.publicKey(), Usage.DEVICE).der()).hasSizeLessThanOrEqualTo(330);
    }

    @Test
    void hasASerialNumberOfItsOwn() {
        Certificate one = pki.issue("one", key.publicKey(), Usage.ROLE);
        Certificate other = pki.issue("other", key.publicKey(), Usage.ROLE);

        assertThat(one.serial()).isPositive().isNotEqualTo(other.serial());
        assertThat(one.serial().bitLength()).isLessThanOrEqualTo(80);
        assertThat(pki.issue("one", key.publicKey(), Usage.ROLE).serial()).isEqualTo(one.serial());
    }

    @Test
    void writesDatesFrom2050OnAsItIsAsked() {
        Instant late = Instant.parse("2060-06-01T12:30:00Z");
        Certificate certificate = pki.authority()
                .issue(new Request(
                        "late", "", key.publicKey(), Usage.ROLE, Instant.parse("2049-12-31T23:59:59Z"), late));

        assertThat(certificate.notBefore()).isEqualTo("2049-12-31T23:59:59Z");
        assertThat(certificate.notAfter()).isEqualTo(late);
    }

    @ParameterizedTest
    @EnumSource(Usage.class)
    void isAcceptedByTheJdksParserAndPathValidation(Usage usage) throws Exception {
        Certificate certificate = pki.authority()
                .issue(new Request("role", "127.0.0.1", key.publicKey(), usage, TestPki.BEGIN, TestPki.END));
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        X509Certificate end = parsed(factory, certificate);

        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(parsed(factory, pki.root()), null)));
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(TestPki.NOW));
        assertThat(CertPathValidator.getInstance("PKIX").validate(factory.generateCertPath(List.of(end)), parameters))
                .isNotNull();
        assertThat(end.getSubjectAlternativeNames().iterator().next().get(1)).isEqualTo("127.0.0.1");
        assertThat(end.getPublicKey().getEncoded()).isEqualTo(key.publicKey().spki());
    }

    @Test
    void namesAHostAsWell() throws Exception {
        Certificate certificate = pki.authority()
                .issue(new Request("role", "pva.example", key.publicKey(), Usage.ROLE, TestPki.BEGIN, TestPki.END));

        X509Certificate parsed = parsed(CertificateFactory.getInstance("X.509"), certificate);
        assertThat(parsed.getSubjectAlternativeNames()).containsExactly(List.of(2, "pva.example"));
        assertThat(parsed.getKeyUsage()).startsWith(true, false);
        assertThat(parsed.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
    }

    @Test
    void isNotReadWhenAnythingIsMissingOrAdded() {
        byte[] der = pki.root().der();

        for (int length = 0; length < der.length; length++) {
            byte[] cut = Arrays.copyOf(der, length);
            assertThatThrownBy(() -> Certificate.parse(cut)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> Certificate.parse(Arrays.copyOf(der, der.length + 1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Certificate.parse(new byte[Certificate.SIZE_MAX + 1]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void failsInOneWayOnlyWhateverTheBytes() {
        byte[] der = pki.issue("role", key.publicKey(), Usage.ROLE).der();
        Random random = new Random(1);
        for (int i = 0; i < 5_000; i++) {
            byte[] mutant = der.clone();
            for (int j = 0; j <= i % 3; j++) {
                mutant[random.nextInt(mutant.length)] = (byte) random.nextInt();
            }
            try {
                assertThat(Certificate.parse(mutant).der()).isEqualTo(mutant);
            } catch (IllegalArgumentException refused) {
                assertThat(refused).hasMessageMatching("(certificate|P-256 key): .*|.+");
            }
        }
    }

    @Test
    void isNotReadWhenNestedBeyondReason() {
        byte[] nested = new byte[Certificate.SIZE_MAX];
        for (int i = 0; i < nested.length; i += 2) { // indefinite length, which DER does not have
            nested[i] = 0x30;
            nested[i + 1] = (byte) 0x80;
        }
        assertThatThrownBy(() -> Certificate.parse(nested)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesAnAuthorityWithAnotherKey() {
        assertThat(CertificateAuthority.of(pki.root(), pki.key()).certificate()).isEqualTo(pki.root());
        assertThatThrownBy(() -> CertificateAuthority.of(pki.root(), key)).isInstanceOf(IllegalArgumentException.class);
        Certificate role = pki.issue("role", key.publicKey(), Usage.ROLE);
        assertThatThrownBy(() -> CertificateAuthority.of(role, key)).isInstanceOf(IllegalArgumentException.class);
    }

    private static X509Certificate parsed(CertificateFactory factory, Certificate certificate) throws Exception {
        return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(certificate.der()));
    }
}
