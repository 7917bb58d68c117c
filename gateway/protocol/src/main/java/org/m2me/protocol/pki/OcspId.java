// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.pki;

import java.io.IOException;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.ocsp.CertificateID;

/** How OCSP names the certificates of one issuer: hashes of its name and key, and a serial number (RFC 6960 4.1.1). */
final class OcspId {
    /** SHA-1 is what most clients send; it only names. */
    private static final Map<ASN1ObjectIdentifier, String> DIGESTS =
            Map.of(OIWObjectIdentifiers.idSHA1, "SHA-1", NISTObjectIdentifiers.id_sha256, "SHA-256");

    private final Certificate issuer;
    private final Map<ASN1ObjectIdentifier, Hashes> hashes = new HashMap<>(); // of a list they are the same for all

    private record Hashes(ASN1OctetString name, ASN1OctetString key) {}

    OcspId(Certificate issuer) {
        this.issuer = issuer;
    }

    CertificateID of(ASN1ObjectIdentifier digest, BigInteger serial) {
        Hashes own = hashes.computeIfAbsent(digest, this::hashes);
        return new CertificateID(
                new CertID(new AlgorithmIdentifier(digest), own.name(), own.key(), new ASN1Integer(serial)));
    }

    /** Whether this names a certificate of that issuer. */
    boolean isIssuerOf(CertID id) {
        ASN1ObjectIdentifier digest = id.getHashAlgorithm().getAlgorithm();
        if (!DIGESTS.containsKey(digest)) {
            return false;
        }
        Hashes own = hashes.computeIfAbsent(digest, this::hashes);
        return own.name().equals(id.getIssuerNameHash()) && own.key().equals(id.getIssuerKeyHash());
    }

    private Hashes hashes(ASN1ObjectIdentifier digest) {
        try {
            return new Hashes(
                    hash(digest, issuer.subject().getEncoded(ASN1Encoding.DER)),
                    hash(digest, issuer.publicKey().uncompressed()));
        } catch (IOException impossible) {
            throw new IllegalStateException("it was encoded before", impossible);
        }
    }

    private static ASN1OctetString hash(ASN1ObjectIdentifier digest, byte[] content) {
        try {
            return new DEROctetString(MessageDigest.getInstance(DIGESTS.getOrDefault(digest, digest.getId()))
                    .digest(content));
        } catch (NoSuchAlgorithmException absent) {
            throw new IllegalStateException("every Java platform has SHA-1 and SHA-256", absent);
        }
    }
}
