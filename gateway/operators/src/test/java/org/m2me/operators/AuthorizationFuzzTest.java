// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.MethodSource;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.pki.CertificateAuthority;

/** Any bytes are an operator's authorisation: nothing but what it signed is one. */
@Timeout(10)
class AuthorizationFuzzTest {
    private static final Instant NOW = Instant.parse("2026-11-22T06:00:00Z");
    private static final P256PrivateKey KEY = key(1);
    private static final Plmn OPERATOR = Plmn.parse("262-42");
    private static final CertificateAuthority AUTHORITY =
            CertificateAuthority.selfSigned("operators", KEY, NOW.minusSeconds(1), NOW.plusSeconds(1));
    private static final Certificate SIGNER = AUTHORITY.issue(new CertificateAuthority.Request(
            Authorization.nameOf(OPERATOR),
            "",
            KEY.publicKey(),
            CertificateAuthority.Usage.ROLE,
            NOW.minusSeconds(1),
            NOW.plusSeconds(1)));
    private static final List<Authorization> SIGNED = List.of(
            authorization(Authorization.Sealed.of(Opaque.hex("00"))),
            authorization(new Authorization.Making(key(2).publicKey(), Opaque.hex("0f".repeat(16)), 3)));

    private static P256PrivateKey key(int scalar) {
        byte[] bytes = new byte[32];
        bytes[31] = (byte) scalar;
        try (SecretBytes secret = SecretBytes.takeFrom(bytes)) {
            return P256PrivateKey.ofScalar(secret);
        }
    }

    private static Authorization authorization(Authorization.Content content) {
        return new Authorization(
                new Nonce(Opaque.hex("a0".repeat(16))),
                new Nonce(Opaque.hex("b0".repeat(16))),
                Ueid.hex("01" + "c0".repeat(16)),
                OPERATOR,
                NOW,
                content);
    }

    static Stream<byte[]> seeds() {
        return SIGNED.stream().map(signed -> signed.sign(SIGNER, KEY).bytes());
    }

    @MethodSource("seeds")
    @FuzzTest
    void verify(byte[] input) {
        try {
            assertThat(Authorization.verify(Opaque.of(input), List.of(AUTHORITY.certificate()), NOW))
                    .isIn(SIGNED);
        } catch (ForgedException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }
}
