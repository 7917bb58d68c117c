// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.envelope;

import java.io.IOException;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.cms.AuthEnvelopedData;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.cms.EncryptedContentInfo;
import org.bouncycastle.asn1.cms.KeyAgreeRecipientIdentifier;
import org.bouncycastle.asn1.cms.KeyAgreeRecipientInfo;
import org.bouncycastle.asn1.cms.OriginatorIdentifierOrKey;
import org.bouncycastle.asn1.cms.OriginatorPublicKey;
import org.bouncycastle.asn1.cms.RecipientEncryptedKey;
import org.bouncycastle.asn1.cms.RecipientInfo;
import org.bouncycastle.asn1.cms.RecipientKeyIdentifier;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.m2me.protocol.crypto.ForgedException;

/**
 * CMS AuthEnvelopedData (RFC 5083) in the one form that is sent here: AES-128-GCM, its key wrapped for one recipient
 * with whom an ephemeral P-256 key agrees (RFC 5753 3.1), no attributes. Whatever differs from that form is refused.
 *
 * @param ephemeral the sender's point, SEC 1
 * @param recipient names the recipient's key
 * @param wrappedKey 24 bytes: a key of 16, RFC 3394
 * @param nonce 12 bytes
 * @param tag 16 bytes
 */
@SuppressWarnings("ArrayRecordComponent") // lives for one call
record CmsSealed(byte[] ephemeral, byte[] recipient, byte[] wrappedKey, byte[] nonce, byte[] ciphertext, byte[] tag) {
    static final AlgorithmIdentifier KEY_WRAP = new AlgorithmIdentifier(NISTObjectIdentifiers.id_aes128_wrap);
    static final int TAG_LENGTH = 16;

    /** The curve is not named: it is the recipient's (RFC 5753 3.1.1). */
    private static final AlgorithmIdentifier EPHEMERAL = new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey);

    private static final AlgorithmIdentifier AGREEMENT =
            new AlgorithmIdentifier(SECObjectIdentifiers.dhSinglePass_stdDH_sha256kdf_scheme, KEY_WRAP);

    static CmsSealed parse(byte[] der) throws ForgedException {
        CmsSealed sealed = read(der);
        if (!Arrays.equals(der, sealed.der())) {
            throw new ForgedException("envelope: not the form of AuthEnvelopedData that is sent here");
        }
        return sealed;
    }

    byte[] der() {
        RecipientEncryptedKey encryptedKey = new RecipientEncryptedKey(
                new KeyAgreeRecipientIdentifier(new RecipientKeyIdentifier(recipient)), new DEROctetString(wrappedKey));
        KeyAgreeRecipientInfo agreement = new KeyAgreeRecipientInfo(
                new OriginatorIdentifierOrKey(new OriginatorPublicKey(EPHEMERAL, ephemeral)),
                null,
                AGREEMENT,
                new DERSequence(encryptedKey));
        AuthEnvelopedData data = new AuthEnvelopedData(
                null,
                new DERSet(new RecipientInfo(agreement)),
                new EncryptedContentInfo(CMSObjectIdentifiers.data, cipher(), new DEROctetString(ciphertext)),
                null,
                new DEROctetString(tag),
                null);
        try {
            return new ContentInfo(CMSObjectIdentifiers.authEnvelopedData, data).getEncoded(ASN1Encoding.DER);
        } catch (IOException impossible) {
            throw new IllegalStateException("what was built here can be encoded", impossible);
        }
    }

    byte[] ciphertextAndTag() {
        byte[] both = Arrays.copyOf(ciphertext, ciphertext.length + tag.length);
        System.arraycopy(tag, 0, both, ciphertext.length, tag.length);
        return both;
    }

    /** GCMParameters of RFC 5084 3.2. */
    private AlgorithmIdentifier cipher() {
        return new AlgorithmIdentifier(
                NISTObjectIdentifiers.id_aes128_GCM,
                new DERSequence(new ASN1Encodable[] {new DEROctetString(nonce), new ASN1Integer(TAG_LENGTH)}));
    }

    private static CmsSealed read(byte[] der) throws ForgedException {
        try {
            ContentInfo outer = ContentInfo.getInstance(ASN1Primitive.fromByteArray(der));
            AuthEnvelopedData data = AuthEnvelopedData.getInstance(outer.getContent());
            EncryptedContentInfo encrypted = data.getAuthEncryptedContentInfo();
            KeyAgreeRecipientInfo agreement = KeyAgreeRecipientInfo.getInstance(
                    RecipientInfo.getInstance(data.getRecipientInfos().getObjectAt(0))
                            .getInfo());
            RecipientEncryptedKey encryptedKey = RecipientEncryptedKey.getInstance(
                    agreement.getRecipientEncryptedKeys().getObjectAt(0));
            return new CmsSealed(
                    agreement
                            .getOriginator()
                            .getOriginatorKey()
                            .getPublicKeyData()
                            .getOctets(),
                    encryptedKey
                            .getIdentifier()
                            .getRKeyID()
                            .getSubjectKeyIdentifier()
                            .getOctets(),
                    encryptedKey.getEncryptedKey().getOctets(),
                    ASN1OctetString.getInstance(ASN1Sequence.getInstance(encrypted
                                            .getContentEncryptionAlgorithm()
                                            .getParameters())
                                    .getObjectAt(0))
                            .getOctets(),
                    encrypted.getEncryptedContent().getOctets(),
                    data.getMac().getOctets());
        } catch (IOException | RuntimeException malformed) { // Bouncy Castle's parser throws either
            throw new ForgedException("envelope: not AuthEnvelopedData");
        }
    }

    @Override
    public String toString() {
        return "CmsSealed[" + ciphertext.length + " bytes]";
    }
}
