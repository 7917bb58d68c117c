// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.envelope;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.KeyAgreement;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.crypto.Signer;
import org.m2me.protocol.envelope.EnvelopeRefused.Reason;
import org.m2me.protocol.pki.DerSignature;
import org.m2me.protocol.pki.KeyIdentifier;

/** CMS SignedData around AuthEnvelopedData: ECDH P-256, AES-128 key wrap, AES-128-GCM (RFC 5652, RFC 5083, RFC 5753). */
public final class CmsMcimEnvelope implements McimEnvelope {
    private final SecureRandom random;

    /**
     * For one side or both.
     *
     * @param random for the ephemeral key, the content key and its nonce
     */
    public CmsMcimEnvelope(SecureRandom random) {
        this.random = random;
    }

    @Override
    public byte[] seal(Mcim mcim, P256PublicKey device, Signer operator) {
        try (SecretBytes plaintext = mcim.encode()) {
            byte[] content = sealed(plaintext, device, random).der();
            byte[] signer = KeyIdentifier.of(operator.publicKey());
            return new CmsSigned(content, signer, DerSignature.sign(content, operator)).der();
        }
    }

    @Override
    public void verify(byte[] envelope, P256PublicKey operator) throws ForgedException {
        verified(envelope, operator);
    }

    @Override
    public Mcim open(byte[] envelope, P256PublicKey operator, KeyAgreement device) throws ForgedException {
        CmsSealed sealed = CmsSealed.parse(verified(envelope, operator));
        if (!MessageDigest.isEqual(sealed.recipient(), KeyIdentifier.of(device.publicKey()))) {
            throw new EnvelopeRefused(Reason.OTHER_DEVICE, "envelope: for another device");
        }
        try (SecretBytes agreed = device.agree(ephemeral(sealed));
                SecretBytes plaintext = ContentKey.unwrap(sealed.wrappedKey(), agreed)
                        .open(sealed.ciphertextAndTag(), sealed.nonce())) {
            return decoded(plaintext);
        }
    }

    private static Mcim decoded(SecretBytes plaintext) throws ForgedException {
        try {
            return Mcim.decode(plaintext);
        } catch (CborException malformed) {
            String why = "envelope: " + malformed.getMessage();
            throw McimCodec.namesUnknownAlgorithm(plaintext)
                    ? new EnvelopeRefused(Reason.UNKNOWN_ALGORITHM, why)
                    : new ForgedException(why);
        }
    }

    static CmsSealed sealed(SecretBytes plaintext, P256PublicKey device, SecureRandom random) {
        ContentKey key = ContentKey.random(random);
        byte[] nonce = ContentKey.nonce(random);
        byte[] sealed = key.seal(plaintext, nonce);
        int length = sealed.length - CmsSealed.TAG_LENGTH;
        try (P256PrivateKey ephemeral = P256PrivateKey.generate(random);
                SecretBytes agreed = ephemeral.agree(device)) {
            return new CmsSealed(
                    ephemeral.publicKey().compressed(),
                    KeyIdentifier.of(device),
                    key.wrap(agreed),
                    nonce,
                    Arrays.copyOf(sealed, length),
                    Arrays.copyOfRange(sealed, length, sealed.length));
        }
    }

    /** The signed content. */
    private static byte[] verified(byte[] envelope, P256PublicKey operator) throws ForgedException {
        if (envelope.length > SIZE_MAX) {
            throw new ForgedException("envelope: " + envelope.length + " bytes, at most " + SIZE_MAX);
        }
        CmsSigned signed = CmsSigned.parse(envelope);
        if (!MessageDigest.isEqual(signed.signer(), KeyIdentifier.of(operator))) {
            throw new EnvelopeRefused(Reason.OTHER_OPERATOR, "envelope: signed in another operator's name");
        }
        if (!DerSignature.verify(signed.content(), signed.signature(), operator)) {
            throw new ForgedException("envelope: not signed by this operator");
        }
        return signed.content();
    }

    private static P256PublicKey ephemeral(CmsSealed sealed) throws ForgedException {
        try {
            return P256PublicKey.ofPoint(sealed.ephemeral());
        } catch (IllegalArgumentException offCurve) {
            throw new ForgedException("envelope: the sender's point is not on the curve");
        }
    }
}
