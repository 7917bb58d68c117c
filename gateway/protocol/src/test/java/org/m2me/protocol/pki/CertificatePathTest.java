// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.pki.CertificateAuthority.Request;
import org.m2me.protocol.pki.CertificateAuthority.Usage;
import org.m2me.protocol.pki.CertificateRefused.Reason;

final class CertificatePathTest {
    private final TestPki pki = new TestPki("operators");
    private final TestPki other = new TestPki("other");
    private final P256PrivateKey key = pki.newKey();

    @Test
    void findsTheAnchorThatIssuedIt() throws CertificateRefused {
        Certificate certificate = pki.issue("pva", key.publicKey(), Usage.ROLE);

        assertThat(CertificatePath.verify(certificate, List.of(other.root(), pki.root()), TestPki.NOW))
                .isEqualTo(pki.root());
    }

    @Test
    void holdsFromTheFirstToTheLastSecond() throws CertificateRefused {
        Certificate certificate = pki.issue("pva", key.publicKey(), Usage.ROLE);

        assertThat(CertificatePath.verify(certificate, List.of(pki.root()), TestPki.BEGIN))
                .isNotNull();
        assertThat(CertificatePath.verify(certificate, List.of(pki.root()), TestPki.END))
                .isNotNull();
        assertRefused(certificate, pki.root(), TestPki.BEGIN.minusSeconds(1), Reason.NOT_YET_VALID);
        assertRefused(certificate, pki.root(), TestPki.END.plusSeconds(1), Reason.EXPIRED);
    }

    @Test
    void refusesAnExpiredCertificateOfAValidIssuer() {
        Instant end = TestPki.NOW.minus(Duration.ofDays(1));
        Certificate certificate =
                pki.authority().issue(new Request("pva", "", key.publicKey(), Usage.ROLE, TestPki.BEGIN, end));

        assertRefused(certificate, pki.root(), TestPki.NOW, Reason.EXPIRED);
    }

    @Test
    void refusesAValidCertificateOfAnExpiredIssuer() {
        CertificateAuthority expired =
                CertificateAuthority.selfSigned("operators", pki.key(), TestPki.BEGIN, TestPki.NOW.minusSeconds(1));
        Certificate certificate = pki.issue("pva", key.publicKey(), Usage.ROLE);

        assertRefused(certificate, expired.certificate(), TestPki.NOW, Reason.EXPIRED);
    }

    @Test
    void refusesAnotherAuthorityOfTheSameName() {
        Certificate certificate = new TestPki("operators").issue("pva", key.publicKey(), Usage.ROLE);

        assertRefused(certificate, pki.root(), TestPki.NOW, Reason.UNTRUSTED);
    }

    @Test
    void refusesTheSameKeyUnderAnotherName() {
        Certificate renamed = CertificateAuthority.selfSigned("renamed", pki.key(), TestPki.BEGIN, TestPki.END)
                .certificate();

        assertRefused(pki.issue("pva", key.publicKey(), Usage.ROLE), renamed, TestPki.NOW, Reason.UNTRUSTED);
    }

    @Test
    void refusesAnIssuerThatIsNoAuthority() {
        Certificate role = pki.issue("role", key.publicKey(), Usage.ROLE);
        Certificate forged = new CertificateForm(
                        role.subject(),
                        CertificateForm.name("pva"),
                        pki.newKey().publicKey(),
                        TestPki.BEGIN,
                        TestPki.END,
                        CertificateExtensions.ofAuthority(key.publicKey()))
                .signedBy(key);

        assertRefused(forged, role, TestPki.NOW, Reason.UNTRUSTED);
    }

    @Test
    void refusesACertificateWithAnyByteOfItsContentOrSignatureChanged() {
        byte[] der = pki.issue("pva", key.publicKey(), Usage.ROLE).der();
        for (int i = 0; i < der.length; i++) {
            byte[] forged = der.clone();
            forged[i] ^= 1;
            assertThatThrownBy(
                            () -> CertificatePath.verify(Certificate.parse(forged), List.of(pki.root()), TestPki.NOW))
                    .as("byte %d", i)
                    .isInstanceOfAny(CertificateRefused.class, IllegalArgumentException.class);
        }
    }

    @Test
    void trustsNobodyWithoutAnchors() {
        Certificate certificate = pki.issue("pva", key.publicKey(), Usage.ROLE);

        assertThatThrownBy(() -> CertificatePath.verify(certificate, List.of(), TestPki.NOW))
                .isInstanceOf(CertificateRefused.class);
    }

    private static void assertRefused(Certificate certificate, Certificate anchor, Instant now, Reason reason) {
        assertThatThrownBy(() -> CertificatePath.verify(certificate, List.of(anchor), now))
                .asInstanceOf(InstanceOfAssertFactories.type(CertificateRefused.class))
                .extracting(CertificateRefused::reason)
                .isEqualTo(reason);
    }
}
