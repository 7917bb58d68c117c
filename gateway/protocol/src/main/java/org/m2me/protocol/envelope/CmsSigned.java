// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.envelope;

import java.io.IOException;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.cms.SignedData;
import org.bouncycastle.asn1.cms.SignerIdentifier;
import org.bouncycastle.asn1.cms.SignerInfo;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.pki.DerSignature;

/**
 * CMS SignedData (RFC 5652 5) in the one form that is sent here: content of type data, which is signed as it is, one
 * signer named by its key, no certificates, no attributes. Whatever differs from that form in any byte is refused, so
 * nothing of it is left unsigned.
 */
@SuppressWarnings("ArrayRecordComponent") // lives for one call
record CmsSigned(byte[] content, byte[] signer, byte[] signature) {
    private static final AlgorithmIdentifier SHA256 = new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256);

    static CmsSigned parse(byte[] der) throws ForgedException {
        CmsSigned signed = read(der);
        if (!Arrays.equals(der, signed.der())) {
            throw new ForgedException("envelope: not the form of SignedData that is sent here");
        }
        return signed;
    }

    byte[] der() {
        SignerInfo signerInfo = new SignerInfo(
                new SignerIdentifier(new DEROctetString(signer)),
                SHA256,
                (ASN1Set) null,
                DerSignature.ALGORITHM,
                new DEROctetString(signature),
                null);
        SignedData signedData = new SignedData(
                new DERSet(SHA256),
                new ContentInfo(CMSObjectIdentifiers.data, new DEROctetString(content)),
                null,
                null,
                new DERSet(signerInfo));
        try {
            return new ContentInfo(CMSObjectIdentifiers.signedData, signedData).getEncoded(ASN1Encoding.DER);
        } catch (IOException impossible) {
            throw new IllegalStateException("what was built here can be encoded", impossible);
        }
    }

    private static CmsSigned read(byte[] der) throws ForgedException {
        try {
            ContentInfo outer = ContentInfo.getInstance(ASN1Primitive.fromByteArray(der));
            SignedData signedData = SignedData.getInstance(outer.getContent());
            SignerInfo signerInfo =
                    SignerInfo.getInstance(signedData.getSignerInfos().getObjectAt(0));
            return new CmsSigned(
                    octets(signedData.getEncapContentInfo().getContent()),
                    octets(signerInfo.getSID().getId()),
                    signerInfo.getEncryptedDigest().getOctets());
        } catch (IOException | RuntimeException malformed) { // Bouncy Castle's parser throws either
            throw new ForgedException("envelope: not SignedData");
        }
    }

    private static byte[] octets(Object content) {
        return ASN1OctetString.getInstance(content).getOctets();
    }

    @Override
    public String toString() {
        return "CmsSigned[" + content.length + " bytes]";
    }
}
