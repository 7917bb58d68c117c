// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.pki;

import java.io.IOException;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.ocsp.CertificateID;

/** How OCSP names a certificate: hashes of its issuer's name and key, and its serial number (RFC 6960 4.1.1). */
final class OcspId {
    /** SHA-1 is what most clients send; it only names. */
    private static final Map<ASN1ObjectIdentifier, String> DIGESTS =
            Map.of(OIWObjectIdentifiers.idSHA1, "SHA-1", NISTObjectIdentifiers.id_sha256, "SHA-256");

    private OcspId() {}

    static CertificateID of(ASN1ObjectIdentifier digest, Certificate issuer, BigInteger serial) {
        try {
            return new CertificateID(new CertID(
                    new AlgorithmIdentifier(digest),
                    new DEROctetString(hash(digest, issuer.subject().getEncoded(ASN1Encoding.DER))),
                    new DEROctetString(hash(digest, issuer.publicKey().uncompressed())),
                    new ASN1Integer(serial)));
        } catch (IOException impossible) {
            throw new IllegalStateException("it was encoded before", impossible);
        }
    }

    /** Whether this names a certificate of that issuer. */
    static boolean isOf(Certificate issuer, CertificateID id) {
        if (!DIGESTS.containsKey(id.getHashAlgOID())) {
            return false;
        }
        CertificateID own = of(id.getHashAlgOID(), issuer, id.getSerialNumber());
        return MessageDigest.isEqual(own.getIssuerNameHash(), id.getIssuerNameHash())
                && MessageDigest.isEqual(own.getIssuerKeyHash(), id.getIssuerKeyHash());
    }

    private static byte[] hash(ASN1ObjectIdentifier digest, byte[] content) {
        try {
            return MessageDigest.getInstance(DIGESTS.getOrDefault(digest, digest.getId()))
                    .digest(content);
        } catch (NoSuchAlgorithmException absent) {
            throw new IllegalStateException("every Java platform has SHA-1 and SHA-256", absent);
        }
    }
}
