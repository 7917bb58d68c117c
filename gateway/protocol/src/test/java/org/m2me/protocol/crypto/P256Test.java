// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.math.ec.custom.sec.SecP256R1Curve;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class P256Test {
    // RFC 6979 A.2.5, curve P-256, SHA-256, message "sample".
    private static final String RFC6979_KEY = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
    private static final String RFC6979_PUBLIC = "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
            + "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
    private static final String RFC6979_SIGNATURE = "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
            + "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";
    private static final byte[] SAMPLE = Hashes.sha256("sample".getBytes(UTF_8));

    private final SecureRandom random = new SecureRandom();

    static P256PrivateKey rfc6979Key() {
        try (SecretBytes scalar = SecretBytes.takeFrom(hex(RFC6979_KEY))) {
            return P256PrivateKey.ofScalar(scalar);
        }
    }

    @Test
    void computesOnTheFastCurve() {
        // The generic curve gives the same results seven times slower, so only its class shows the difference.
        P256PublicKey key = P256PrivateKey.generate(random).publicKey();
        assertThat(key.parameters().getQ().getCurve()).isInstanceOf(SecP256R1Curve.class);
        assertThat(P256PublicKey.ofSpki(key.spki()).parameters().getParameters().getCurve())
                .isInstanceOf(SecP256R1Curve.class);
    }

    @Test
    void signsAsRfc6979Says() {
        P256PrivateKey key = rfc6979Key();
        assertThat(key.publicKey().uncompressed()).isEqualTo(hex(RFC6979_PUBLIC));
        assertThat(key.signDigest(SAMPLE)).isEqualTo(hex(RFC6979_SIGNATURE));
        assertThat(key.publicKey().verifyDigest(SAMPLE, hex(RFC6979_SIGNATURE))).isTrue();
    }

    @Test
    void refusesASignatureWithAnyBitFlipped() {
        P256PublicKey key = rfc6979Key().publicKey();
        for (int bit = 0; bit < 512; bit++) {
            byte[] signature = hex(RFC6979_SIGNATURE);
            signature[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(key.verifyDigest(SAMPLE, signature)).as("bit %d", bit).isFalse();
        }
    }

    @Test
    void refusesSignaturesAndDigestsOfTheWrongFormWithoutAnException() {
        P256PublicKey key = rfc6979Key().publicKey();
        byte[] ones = new byte[64];
        Arrays.fill(ones, (byte) 0xff);
        assertThat(key.verifyDigest(SAMPLE, new byte[64])).isFalse();
        assertThat(key.verifyDigest(SAMPLE, ones)).isFalse();
        assertThat(key.verifyDigest(SAMPLE, Arrays.copyOf(hex(RFC6979_SIGNATURE), 63)))
                .isFalse();
        assertThat(key.verifyDigest(SAMPLE, Arrays.copyOf(hex(RFC6979_SIGNATURE), 65)))
                .isFalse();
        assertThat(key.verifyDigest(Arrays.copyOf(SAMPLE, 31), hex(RFC6979_SIGNATURE)))
                .isFalse();
    }

    @Test
    void findsTheKeyThatSignedByItsThumbprintAndNoOther() {
        P256PublicKey key = rfc6979Key().publicKey();
        byte[] signature = hex(RFC6979_SIGNATURE);
        assertThat(P256PublicKey.signer(SAMPLE, signature, key.thumbprint())).contains(key);
        for (int i = 0; i < 50; i++) {
            P256PrivateKey signer = P256PrivateKey.generate(random);
            byte[] made = signer.signDigest(SAMPLE);
            assertThat(P256PublicKey.signer(SAMPLE, made, signer.publicKey().thumbprint()))
                    .contains(signer.publicKey());
            assertThat(P256PublicKey.signer(SAMPLE, made, key.thumbprint())).isEmpty();
        }
        for (int bit = 0; bit < 512; bit++) {
            byte[] bent = signature.clone();
            bent[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThat(P256PublicKey.signer(SAMPLE, bent, key.thumbprint()))
                    .as("bit " + bit)
                    .isEmpty();
        }
    }

    @Test
    void findsNoKeyForWhatIsNoSignature() {
        P256PublicKey key = rfc6979Key().publicKey();
        byte[] ones = new byte[64];
        Arrays.fill(ones, (byte) 0xff);
        for (byte[] signature : new byte[][] {new byte[64], ones, new byte[63], new byte[0]}) {
            assertThat(P256PublicKey.signer(SAMPLE, signature, key.thumbprint()))
                    .isEmpty();
        }
        byte[] zeroS = Arrays.copyOf(Arrays.copyOf(hex(RFC6979_SIGNATURE), 32), 64);
        assertThat(P256PublicKey.signer(SAMPLE, zeroS, key.thumbprint())).isEmpty();
        assertThat(P256PublicKey.signer(new byte[31], hex(RFC6979_SIGNATURE), key.thumbprint()))
                .isEmpty();
    }

    @Test
    void bothSidesAgreeOnTheSameSecret() {
        P256PrivateKey one = P256PrivateKey.generate(random);
        P256PrivateKey other = P256PrivateKey.generate(random);
        try (SecretBytes secret = one.agree(other.publicKey());
                SecretBytes same = other.agree(one.publicKey())) {
            assertThat(secret.length()).isEqualTo(32);
            assertThat(same.use(secret::sameAs)).isTrue();
        }
    }

    @Test
    void theJdkReadsItsKeysAndItReadsTheJdks() throws Exception {
        P256PrivateKey key = P256PrivateKey.generate(random);
        KeyFactory jdk = KeyFactory.getInstance("EC");
        try (SecretBytes pkcs8 = key.pkcs8()) {
            ECPrivateKey read = (ECPrivateKey) jdk.generatePrivate(pkcs8.use(PKCS8EncodedKeySpec::new));
            try (SecretBytes again = SecretBytes.takeFrom(read.getEncoded())) {
                assertThat(P256PrivateKey.ofPkcs8(again).publicKey()).isEqualTo(key.publicKey());
            }
            assertThat(P256PrivateKey.ofPkcs8(pkcs8).publicKey()).isEqualTo(key.publicKey());
        }
        assertThat(jdk.generatePublic(new X509EncodedKeySpec(key.publicKey().spki()))
                        .getEncoded())
                .isEqualTo(key.publicKey().spki());
    }

    @Test
    void readsItsOwnPointsInEveryForm() {
        P256PublicKey key = P256PrivateKey.generate(random).publicKey();
        assertThat(P256PublicKey.ofPoint(key.compressed())).isEqualTo(key).hasSameHashCodeAs(key);
        assertThat(P256PublicKey.ofPoint(key.uncompressed())).isEqualTo(key);
        assertThat(P256PublicKey.ofSpki(key.spki())).isEqualTo(key);
        assertThat(key.thumbprint().bytes()).isEqualTo(Hashes.sha256(key.spki()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00", "02", "04"})
    void refusesPointsThatAreNone(String malformed) {
        assertThatIllegalArgumentException().isThrownBy(() -> P256PublicKey.ofPoint(hex(malformed)));
        assertThatIllegalArgumentException().isThrownBy(() -> P256PublicKey.ofSpki(hex(malformed)));
    }

    @Test
    void refusesAPointThatIsNotOnTheCurve() {
        byte[] off = hex(RFC6979_PUBLIC);
        off[64] ^= 1;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> P256PublicKey.ofPoint(off))
                .withMessageStartingWith("P-256 key: ");
        byte[] hybrid = hex(RFC6979_PUBLIC);
        hybrid[0] = 7;
        assertThatIllegalArgumentException().isThrownBy(() -> P256PublicKey.ofPoint(hybrid));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0000000000000000000000000000000000000000000000000000000000000000",
                // the order of the group, SEC 2 2.4.2
                "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
                "01"
            })
    void refusesScalarsOutOfRange(String scalar) {
        try (SecretBytes bytes = SecretBytes.takeFrom(hex(scalar))) {
            assertThatIllegalArgumentException().isThrownBy(() -> P256PrivateKey.ofScalar(bytes));
        }
    }

    @Test
    void refusesKeysOfOtherKindsAndNoise() throws Exception {
        byte[] ed25519 = KeyPairGenerator.getInstance("Ed25519")
                .generateKeyPair()
                .getPrivate()
                .getEncoded();
        try (SecretBytes other = SecretBytes.takeFrom(ed25519);
                SecretBytes noise = SecretBytes.random(138, random)) {
            assertThatIllegalArgumentException().isThrownBy(() -> P256PrivateKey.ofPkcs8(other));
            assertThatIllegalArgumentException().isThrownBy(() -> P256PrivateKey.ofPkcs8(noise));
        }
    }

    @Test
    void isOfNoUseOnceClosedAndNeverShowsItself() {
        P256PrivateKey key = rfc6979Key();
        assertThat(key.toString()).doesNotContain(RFC6979_KEY.substring(0, 16));
        key.close();
        assertThatThrownBy(() -> key.signDigest(SAMPLE)).isInstanceOf(IllegalStateException.class);
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }
}
