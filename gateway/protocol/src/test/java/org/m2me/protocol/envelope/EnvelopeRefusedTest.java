// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.envelope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.security.SecureRandom;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.KeyAgreement;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.envelope.EnvelopeRefused.Reason;
import org.m2me.protocol.pki.DerSignature;
import org.m2me.protocol.pki.KeyIdentifier;

final class EnvelopeRefusedTest {
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

    private Reason reason(byte[] bytes, P256PublicKey signer, KeyAgreement recipient) {
        return assertThrows(EnvelopeRefused.class, () -> envelopes.open(bytes, signer, recipient))
                .reason();
    }

    @Test
    void tellsAnotherSignerFromDamage() {
        assertThat(reason(envelope, stranger.publicKey(), device)).isEqualTo(Reason.OTHER_OPERATOR);
        byte[] damaged = envelope.clone();
        damaged[damaged.length - 1] ^= 1;
        assertThat(assertThrows(ForgedException.class, () -> envelopes.open(damaged, operator.publicKey(), device)))
                .isNotInstanceOf(EnvelopeRefused.class);
    }

    @Test
    void tellsAnotherRecipientFromDamage() {
        assertThat(reason(envelope, operator.publicKey(), stranger)).isEqualTo(Reason.OTHER_DEVICE);
    }

    @Test
    void tellsAnAlgorithmThatIsNotRunHereFromDamage() {
        HexFormat hex = HexFormat.of();
        try (SecretBytes encoded = mcim.encode()) {
            String milenage = encoded.use(hex::formatHex);
            String unknown = milenage.replaceFirst("09010a50", "09040a50"); // key 9, then key 10: K of 16 bytes
            assertThat(unknown).isNotEqualTo(milenage);
            byte[] content = CmsMcimEnvelope.sealed(
                            SecretBytes.takeFrom(hex.parseHex(unknown)), device.publicKey(), random)
                    .der();
            byte[] signed = new CmsSigned(
                            content, KeyIdentifier.of(operator.publicKey()), DerSignature.sign(content, operator))
                    .der();
            assertThat(reason(signed, operator.publicKey(), device)).isEqualTo(Reason.UNKNOWN_ALGORITHM);
        }
    }
}
