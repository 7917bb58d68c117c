// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent.coap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.agent.TestWorld;
import org.m2me.hal.TrustedEnvironment;
import org.m2me.protocol.pki.Certificate;

class TreSignatureTest {
    private static final byte[] MESSAGE = "certificate verify".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    private Path home;

    private TrustedEnvironment tre;
    private PublicKey trePublic;

    @BeforeEach
    void start() throws Exception {
        TreSignature.install();
        tre = new TestWorld(home.resolve("tre")).start();
        trePublic = KeyFactory.getInstance("EC")
                .generatePublic(new X509EncodedKeySpec(Certificate.parse(tre.transportCertificate())
                        .publicKey()
                        .spki()));
    }

    @AfterEach
    void stop() throws Exception {
        tre.close();
    }

    private static KeyPair pair(String curve) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(curve));
        return generator.generateKeyPair();
    }

    private static boolean verifies(PublicKey key, byte[] signature) throws Exception {
        Signature verifier = Signature.getInstance("SHA256withECDSA", "SunEC");
        verifier.initVerify(key);
        verifier.update(MESSAGE);
        return verifier.verify(signature);
    }

    @Test
    void signsInsideTheTrustedEnvironment() throws Exception {
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(new TrePrivateKey(tre));
        signature.update(MESSAGE);

        assertThat(verifies(trePublic, signature.sign())).isTrue();
    }

    @Test
    void servesOneObjectThatVerifiesThenSignsThenSignsWithAnotherKey() throws Exception {
        KeyPair other = pair("secp256r1");
        Signature signature = Signature.getInstance("SHA256withECDSA");

        signature.initVerify(other.getPublic());
        signature.update(MESSAGE);
        assertThat(signature.verify(new byte[] {0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01}))
                .isFalse();
        signature.initSign(new TrePrivateKey(tre));
        signature.update(MESSAGE);
        assertThat(verifies(trePublic, signature.sign())).isTrue();
        signature.initSign(other.getPrivate());
        signature.update(MESSAGE);
        assertThat(verifies(other.getPublic(), signature.sign())).isTrue();
    }

    @Test
    void leavesOtherCurvesToThePlatform() throws Exception {
        KeyPair large = pair("secp384r1");
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(large.getPrivate());
        signature.update(MESSAGE);

        assertThat(verifies(large.getPublic(), signature.sign())).isTrue();
    }

    @Test
    void writesNumbersOfEveryLength() throws Exception {
        Signature signature = Signature.getInstance("SHA256withECDSA");
        for (int i = 0; i < 256; i++) { // one in 256 begins with a zero byte, one in two needs one in front
            signature.initSign(new TrePrivateKey(tre));
            signature.update(MESSAGE);
            signature.update((byte) i);
            byte[] made = signature.sign();

            Signature verifier = Signature.getInstance("SHA256withECDSA", "SunEC");
            verifier.initVerify(trePublic);
            verifier.update(MESSAGE);
            verifier.update((byte) i);
            assertThat(verifier.verify(made)).isTrue();
        }
    }

    @Test
    void neverShowsTheKey() {
        TrePrivateKey key = new TrePrivateKey(tre);

        assertThat(key.getEncoded()).isNull();
        assertThat(key.getFormat()).isNull();
        assertThatThrownBy(() -> new ObjectOutputStream(new ByteArrayOutputStream()).writeObject(key))
                .isInstanceOf(NotSerializableException.class);
    }
}
