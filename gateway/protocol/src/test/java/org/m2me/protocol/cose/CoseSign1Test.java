// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.cose;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.m2me.protocol.Samples;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.cbor.CborValue;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.Hashes;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.identity.Opaque;

class CoseSign1Test {
    private static final byte[] PAYLOAD = "payload".getBytes(UTF_8);
    private static final P256PrivateKey KEY = Samples.SIGNER;
    private static final byte[] SIGNED = CoseSign1.sign(PAYLOAD, "purpose", KEY);

    @Test
    void givesThePayloadToWhoeverHasTheKey() throws ForgedException {
        CoseSign1 parsed = CoseSign1.parse(SIGNED);
        assertThat(parsed.verify(KEY.publicKey(), "purpose")).isEqualTo(PAYLOAD);
        assertThat(parsed.unverifiedPayload()).isEqualTo(PAYLOAD);
        assertThat(parsed.kid()).isEqualTo(CoseSign1.kidOf(KEY.publicKey()));
    }

    @Test
    void givesThePayloadToWhoeverKnowsTheKeysThumbprint() throws ForgedException {
        CoseSign1 parsed = CoseSign1.parse(SIGNED);
        Opaque thumbprint = KEY.publicKey().thumbprint();
        assertThat(parsed.verify(thumbprint, "purpose")).isEqualTo(PAYLOAD);
        assertThatThrownBy(() -> parsed.verify(thumbprint, "other")).isInstanceOf(ForgedException.class);
        Opaque other = P256PrivateKey.generate(new SecureRandom()).publicKey().thumbprint();
        assertThatThrownBy(() -> parsed.verify(other, "purpose")).isInstanceOf(ForgedException.class);
    }

    @Test
    void refusesASignatureMadeForAnotherPurpose() throws ForgedException {
        CoseSign1 parsed = CoseSign1.parse(SIGNED);
        assertThatThrownBy(() -> parsed.verify(KEY.publicKey(), "other")).isInstanceOf(ForgedException.class);
    }

    @Test
    void refusesAnotherKeyEvenWithTheSameKid() throws Exception {
        P256PrivateKey other = P256PrivateKey.generate(new SecureRandom());
        CoseSign1 parsed = CoseSign1.parse(SIGNED);
        assertThatThrownBy(() -> parsed.verify(other.publicKey(), "purpose"))
                .isInstanceOf(ForgedException.class)
                .hasMessageContaining("signed by key");
        CoseSign1 stolenKid =
                CoseSign1.parse(signed(header(-9, KEY), CborMap.builder().build(), other));
        assertThatThrownBy(() -> stolenKid.verify(KEY.publicKey(), "purpose"))
                .isInstanceOf(ForgedException.class)
                .hasMessageContaining("does not verify");
    }

    @Test
    void refusesAnySingleBitFlipped() {
        for (int bit = 0; bit < 8 * SIGNED.length; bit++) {
            byte[] flipped = SIGNED.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> CoseSign1.parse(flipped).verify(KEY.publicKey(), "purpose"))
                    .as("bit %d", bit)
                    .isInstanceOf(ForgedException.class);
        }
    }

    @Test
    void refusesCutAndExtendedBytes() {
        for (int length = 0; length < SIGNED.length; length++) {
            byte[] cut = Arrays.copyOf(SIGNED, length);
            assertThatThrownBy(() -> CoseSign1.parse(cut)).isInstanceOf(ForgedException.class);
        }
        byte[] extended = Arrays.copyOf(SIGNED, SIGNED.length + 1);
        assertThatThrownBy(() -> CoseSign1.parse(extended)).isInstanceOf(ForgedException.class);
    }

    @Test
    void acceptsTheOlderNameOfTheAlgorithmAndNoOther() throws Exception {
        byte[] es256 = signed(header(-7, KEY), CborMap.builder().build(), KEY);
        assertThat(CoseSign1.parse(es256).verify(KEY.publicKey(), "purpose")).isEqualTo(PAYLOAD);
        for (long algorithm : new long[] {-8, -35, 5, 0}) {
            byte[] other = signed(header(algorithm, KEY), CborMap.builder().build(), KEY);
            assertThatThrownBy(() -> CoseSign1.parse(other))
                    .isInstanceOf(ForgedException.class)
                    .hasMessageContaining("algorithm");
        }
    }

    @Test
    void refusesHeadersThatItDoesNotUnderstand() {
        CborMap critical = CborMap.builder()
                .put(1, -9)
                .putIntegers(2, List.of(99L))
                .put(4, CoseSign1.kidOf(KEY.publicKey()).bytes())
                .put(99, 1)
                .build();
        byte[] withCritical = signed(critical, CborMap.builder().build(), KEY);
        assertThatThrownBy(() -> CoseSign1.parse(withCritical)).isInstanceOf(ForgedException.class);
        byte[] withUnprotected =
                signed(header(-9, KEY), CborMap.builder().put(1, -9).build(), KEY);
        assertThatThrownBy(() -> CoseSign1.parse(withUnprotected)).isInstanceOf(ForgedException.class);
    }

    @Test
    void refusesAMacInThePlaceOfASignature() {
        byte[] mac = SIGNED.clone();
        mac[0] = (byte) 0xd1; // tag 17, COSE_Mac0
        assertThatThrownBy(() -> CoseSign1.parse(mac)).isInstanceOf(ForgedException.class);
    }

    @Test
    void carriesKeysWithTheirPointCompressed() throws CborException {
        assertThat(CoseKey.encode(KEY.publicKey()).encode()).hasSize(42);
        assertThat(CoseKey.decode(CoseKey.encode(KEY.publicKey()))).isEqualTo(KEY.publicKey());
        assertThat(CoseKey.decode(CoseKey.encode(Samples.AGREEMENT.publicKey())))
                .isEqualTo(Samples.AGREEMENT.publicKey());
    }

    @Test
    void refusesKeysOfAnotherKind() {
        assertThatThrownBy(() -> CoseKey.decode(key(1, 1))).hasMessageContaining("key 1");
        assertThatThrownBy(() -> CoseKey.decode(key(2, 2))).hasMessageContaining("key -1");
        // x = 2^256 - 1 is beyond the field.
        assertThatThrownBy(() -> CoseKey.decode(key(2, 1))).hasMessageContaining("no such point");
    }

    private static CborMap key(long type, long curve) {
        return CborMap.builder()
                .put(1, type)
                .put(-1, curve)
                .put(-2, Opaque.hex("ff".repeat(32)).bytes())
                .put(-3, true)
                .build();
    }

    private static CborMap header(long algorithm, P256PrivateKey kid) {
        return CborMap.builder()
                .put(1, algorithm)
                .put(4, CoseSign1.kidOf(kid.publicKey()).bytes())
                .build();
    }

    /** By the words of RFC 9052 4.4, so that any header can be signed. */
    private static byte[] signed(CborMap header, CborMap unprotected, P256PrivateKey key) {
        CborValue signedBytes = CborValue.array(
                CborValue.of("Signature1"),
                CborValue.of(header.encode()),
                CborValue.of("purpose".getBytes(UTF_8)),
                CborValue.of(PAYLOAD));
        CborValue array = CborValue.array(
                CborValue.of(header.encode()),
                CborValue.of(unprotected),
                CborValue.of(PAYLOAD),
                CborValue.of(key.signDigest(Hashes.sha256(signedBytes.encode()))));
        return CborValue.tagged(18, array).encode();
    }
}
