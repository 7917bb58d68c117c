// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.pki;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.MethodSource;
import org.m2me.protocol.Samples;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.pki.CertificateAuthority.Request;
import org.m2me.protocol.pki.CertificateAuthority.Usage;
import org.m2me.protocol.pki.CertificateRefused.Reason;

/** Any bytes meet the decoders of certificates and public keys: only what an authority signed has an issuer. */
@Timeout(10)
class CertificateFuzzTest {
    private static final CertificateAuthority AUTHORITY =
            CertificateAuthority.selfSigned("supplier.acme", Samples.SIGNER, TestPki.BEGIN, TestPki.END);
    private static final List<Certificate> ANCHORS = List.of(AUTHORITY.certificate());
    private static final Certificate DEVICE = issue(TestPki.UEID, "", Usage.DEVICE);
    private static final Certificate ROLE = issue("sho.262-42", "localhost", Usage.ROLE);
    private static final Certificate RESPONDER = issue("ocsp", "127.0.0.1", Usage.OCSP);

    private static Certificate issue(String name, String host, Usage usage) {
        P256PublicKey key = Samples.AGREEMENT.publicKey();
        return AUTHORITY.issue(new Request(name, host, key, usage, TestPki.BEGIN, TestPki.END));
    }

    static Stream<byte[]> seeds() {
        return Stream.of(
                AUTHORITY.certificate().der(),
                DEVICE.der(),
                ROLE.der(),
                RESPONDER.der(),
                Samples.AGREEMENT.publicKey().spki());
    }

    @MethodSource("seeds")
    @FuzzTest
    void parse(byte[] input) {
        certificate(input);
        publicKey(input);
        assertThat(DerSignature.verify(new byte[1], input, Samples.SIGNER.publicKey()))
                .isFalse();
    }

    private static void certificate(byte[] input) {
        try {
            Certificate read = Certificate.parse(input);
            assertThat(read.der()).isEqualTo(input);
            assertThat(read.toString()).contains(read.commonName());
            assertThat(read.notBefore()).isNotNull();
            assertThat(read.notAfter()).isNotNull();
            boolean responder = read.isFor(KeyPurposeId.id_kp_OCSPSigning);
            assertThat(CertificatePath.verify(read, ANCHORS, TestPki.NOW)).isEqualTo(AUTHORITY.certificate());
            assertThat(read).isIn(AUTHORITY.certificate(), DEVICE, ROLE, RESPONDER);
            assertThat(responder).isEqualTo(read.equals(RESPONDER));
        } catch (IllegalArgumentException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        } catch (CertificateRefused untrusted) {
            assertThat(untrusted.reason()).isEqualTo(Reason.UNTRUSTED);
        }
    }

    private static void publicKey(byte[] input) {
        try {
            P256PublicKey read = P256PublicKey.ofSpki(input);
            assertThat(P256PublicKey.ofPoint(read.compressed())).isEqualTo(read);
        } catch (IllegalArgumentException refused) {
            assertThat(refused).hasMessageStartingWith("P-256 key: ");
        }
    }
}
