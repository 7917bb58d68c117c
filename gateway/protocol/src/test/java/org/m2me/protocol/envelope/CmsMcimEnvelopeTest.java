// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.envelope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.KeyAgreement;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.pki.DerSignature;
import org.m2me.protocol.pki.KeyIdentifier;

final class CmsMcimEnvelopeTest {
    private static final int SIZE_ON_AIR_MAX = 700; // the budget of the whole procedure is 5 kB

    private final SecureRandom random = new SecureRandom();
    private final P256PrivateKey device = P256PrivateKey.generate(random);
    private final P256PrivateKey operator = P256PrivateKey.generate(random);
    private final P256PrivateKey stranger = P256PrivateKey.generate(random);
    private final Mcim mcim = TestMcim.milenage(random);
    private final McimEnvelope envelopes = new CmsMcimEnvelope(random);
    private final byte[] envelope = envelopes.seal(mcim, device.publicKey(), operator);

    @AfterEach
    void closeMcim() {
        mcim.close();
    }

    @Test
    void opensForTheDeviceItIsSealedTo() throws ForgedException {
        envelopes.verify(envelope, operator.publicKey());
        try (Mcim opened = envelopes.open(envelope, operator.publicKey(), device)) {
            assertThat(TestMcim.same(opened, mcim)).isTrue();
        }
    }

    @Test
    void isSmallEnoughForTheAir() {
        assertThat(envelope).hasSizeLessThanOrEqualTo(SIZE_ON_AIR_MAX);
    }

    @Test
    void isNeverTheSameTwice() {
        assertThat(envelopes.seal(mcim, device.publicKey(), operator)).isNotEqualTo(envelope);
    }

    @Test
    void staysShutForAnotherDevice() {
        assertForged(envelope, operator.publicKey(), stranger);
    }

    @Test
    void staysShutForADeviceThatClaimsToBeTheRecipient() {
        KeyAgreement pretender = new KeyAgreement() {
            @Override
            public P256PublicKey publicKey() {
                return device.publicKey();
            }

            @Override
            public SecretBytes agree(P256PublicKey peer) {
                return stranger.agree(peer);
            }
        };
        assertForged(envelope, operator.publicKey(), pretender);
    }

    @Test
    void isRefusedFromAnotherSigner() {
        assertThatThrownBy(() -> envelopes.verify(envelope, stranger.publicKey()))
                .isInstanceOf(ForgedException.class);
        assertForged(envelope, stranger.publicKey(), device);
    }

    @Test
    void isRefusedWhenAStrangerSignsItAnewInTheOperatorsName() throws ForgedException {
        byte[] content = CmsSigned.parse(envelope).content();
        byte[] signature = DerSignature.sign(content, stranger);

        byte[] named = new CmsSigned(content, KeyIdentifier.of(operator.publicKey()), signature).der();
        assertForged(named, operator.publicKey(), device);
        byte[] own = new CmsSigned(content, KeyIdentifier.of(stranger.publicKey()), signature).der();
        assertForged(own, operator.publicKey(), device);
    }

    @Test
    void stillNamesItsOperatorWhenAnotherTrustedOneSignsItAnew() throws ForgedException {
        byte[] content = CmsSigned.parse(envelope).content();
        byte[] stolen = new CmsSigned(
                        content, KeyIdentifier.of(stranger.publicKey()), DerSignature.sign(content, stranger))
                .der();

        try (Mcim opened = envelopes.open(stolen, stranger.publicKey(), device)) {
            assertThat(opened.operator()).isEqualTo(mcim.operator());
            assertThat(opened.registration()).isEqualTo(mcim.registration());
            assertThat(opened.device()).isEqualTo(mcim.device());
        }
    }

    @Test
    void staysShutWithAnyByteChanged() {
        Random bits = new Random(4);
        for (int i = 0; i < envelope.length; i++) {
            byte[] forged = envelope.clone();
            forged[i] ^= (byte) (1 << bits.nextInt(8));
            assertForged(forged, operator.publicKey(), device);
        }
    }

    @Test
    void staysShutWithAnyByteOfTheSealedPartChangedEvenIfTheOperatorSignsIt() throws ForgedException {
        byte[] content = CmsSigned.parse(envelope).content();
        // 02 or 03 before x: the sign of y, which the agreed x does not depend on. All the rest is fixed or under a
        // tag.
        int signOfY = indexOf(content, CmsSealed.parse(content).ephemeral());
        for (int i = 0; i < content.length; i++) {
            byte[] forged = content.clone();
            forged[i] ^= (byte) (i == signOfY ? 0x80 : 1);
            assertForged(signed(forged), operator.publicKey(), device);
        }
    }

    @Test
    void staysShutWhenCutShortOrExtended() {
        for (int length = 0; length < envelope.length; length++) {
            assertForged(Arrays.copyOf(envelope, length), operator.publicKey(), device);
        }
        assertForged(Arrays.copyOf(envelope, envelope.length + 1), operator.publicKey(), device);
    }

    @Test
    void isRefusedUnreadWhenItIsTooLarge() {
        byte[] large = signed(new byte[McimEnvelope.SIZE_MAX]);

        assertThat(large).hasSizeGreaterThan(McimEnvelope.SIZE_MAX);
        assertThatThrownBy(() -> envelopes.verify(large, operator.publicKey()))
                .isInstanceOf(ForgedException.class)
                .hasMessageContaining("at most 4096");
        assertThatCode(() -> envelopes.verify(signed(new byte[3000]), operator.publicKey()))
                .doesNotThrowAnyException();
    }

    @Test
    void isRefusedWhenNestedBeyondReason() {
        byte[] nested = new byte[McimEnvelope.SIZE_MAX];
        for (int i = 0; i < nested.length; i += 2) {
            nested[i] = 0x30;
            nested[i + 1] = (byte) 0x80;
        }
        assertForged(nested, operator.publicKey(), device);
        assertForged(signed(Arrays.copyOf(nested, 3800)), operator.publicKey(), device);
    }

    @Test
    void isRefusedWhenItsSignerSealedSomethingElse() {
        byte[] sealed = CmsMcimEnvelope.sealed(SecretBytes.copyOf(new byte[] {1, 2, 3}), device.publicKey(), random)
                .der();

        assertForged(signed(sealed), operator.publicKey(), device);
    }

    @Test
    void isRefusedWithAPointThatIsNotOnTheCurve() throws ForgedException {
        CmsSealed good = CmsSealed.parse(CmsSigned.parse(envelope).content());
        byte[] off = good.ephemeral().clone();
        Arrays.fill(off, 1, off.length, (byte) 0xff);
        CmsSealed bad =
                new CmsSealed(off, good.recipient(), good.wrappedKey(), good.nonce(), good.ciphertext(), good.tag());

        assertForged(signed(bad.der()), operator.publicKey(), device);
    }

    @Test
    void isVerifiedBeforeTheDevicesPrivateKeyIsTouched() {
        KeyAgreement untouchable = new KeyAgreement() {
            @Override
            public P256PublicKey publicKey() {
                return device.publicKey();
            }

            @Override
            public SecretBytes agree(P256PublicKey peer) {
                throw new AssertionError("the private key was used");
            }
        };
        byte[] forged = envelope.clone();
        forged[forged.length - 1] ^= 1;

        assertForged(forged, operator.publicKey(), untouchable);
    }

    private static int indexOf(byte[] whole, byte[] part) {
        for (int i = 0; i <= whole.length - part.length; i++) {
            if (Arrays.equals(whole, i, i + part.length, part, 0, part.length)) {
                return i;
            }
        }
        throw new AssertionError("the point is not where it should be");
    }

    private byte[] signed(byte[] content) {
        return new CmsSigned(content, KeyIdentifier.of(operator.publicKey()), DerSignature.sign(content, operator))
                .der();
    }

    private void assertForged(byte[] bytes, P256PublicKey signer, KeyAgreement recipient) {
        assertThatThrownBy(() -> envelopes.open(bytes, signer, recipient)).isInstanceOf(ForgedException.class);
    }
}
