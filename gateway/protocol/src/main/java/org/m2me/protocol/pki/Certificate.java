// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.pki;

import java.io.IOException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.jspecify.annotations.Nullable;
import org.m2me.protocol.crypto.P256PublicKey;

/** An X.509 version 3 certificate of a P-256 key (RFC 5280), signed with ECDSA and SHA-256. */
public final class Certificate {
    /** Longer than any certificate of one P-256 key; bounds what the parser is given. */
    static final int SIZE_MAX = 4096;

    private static final int VERSION_3 = 3;
    private static final Set<ASN1ObjectIdentifier> UNDERSTOOD = Set.of(
            Extension.basicConstraints,
            Extension.keyUsage,
            Extension.extendedKeyUsage,
            Extension.subjectAlternativeName);

    private final byte[] der;
    private final org.bouncycastle.asn1.x509.Certificate content;
    private final byte[] signature;
    private final P256PublicKey publicKey;
    private final Instant notBefore;
    private final Instant notAfter;
    private final String commonName;
    private final boolean authority;
    private final int hash;

    private Certificate(byte[] der) throws IOException {
        this.der = der;
        hash = Arrays.hashCode(der);
        content = org.bouncycastle.asn1.x509.Certificate.getInstance(ASN1Primitive.fromByteArray(der));
        if (!Arrays.equals(der, content.getEncoded(ASN1Encoding.DER))) {
            throw new IllegalArgumentException("certificate: not DER");
        }
        checkForm(content);
        signature = content.getSignature().getOctets();
        notBefore = DerTime.of(content.getStartDate());
        notAfter = DerTime.of(content.getEndDate());
        publicKey = P256PublicKey.ofSpki(content.getSubjectPublicKeyInfo().getEncoded(ASN1Encoding.DER));
        commonName = commonNameOf(content.getSubject());
        authority = mayCertify(content.getTBSCertificate().getExtensions());
    }

    /** @throws IllegalArgumentException naming what is wrong: not DER, not P-256, unknown critical extension */
    public static Certificate parse(byte[] der) {
        if (der.length > SIZE_MAX) {
            throw new IllegalArgumentException("certificate: " + der.length + " bytes, at most " + SIZE_MAX);
        }
        try {
            return new Certificate(der.clone());
        } catch (IllegalArgumentException refused) {
            throw refused;
        } catch (IOException | RuntimeException malformed) { // Bouncy Castle's parser throws any of them
            throw new IllegalArgumentException("certificate: not DER", malformed);
        }
    }

    public byte[] der() {
        return der.clone();
    }

    public P256PublicKey publicKey() {
        return publicKey;
    }

    /** The subject's common name: a UEID in hexadecimal for a device, {@code sho.262-42} for a role. */
    public String commonName() {
        return commonName;
    }

    public BigInteger serial() {
        return content.getSerialNumber().getValue();
    }

    public Instant notBefore() {
        return notBefore;
    }

    /** The last second of its validity. */
    public Instant notAfter() {
        return notAfter;
    }

    public boolean isAuthority() {
        return authority;
    }

    /** Whether its purposes are listed, and this is among them. */
    boolean isFor(KeyPurposeId purpose) {
        return Optional.ofNullable(content.getTBSCertificate().getExtensions())
                .map(ExtendedKeyUsage::fromExtensions)
                .filter(purposes -> purposes.hasKeyPurposeId(purpose))
                .isPresent();
    }

    /** Whether this one's key signed that one, and the names agree. Says nothing of dates. */
    boolean issued(Certificate other) {
        return content.getSubject().equals(other.content.getIssuer())
                && DerSignature.verify(other.toBeSigned(), other.signature, publicKey);
    }

    private byte[] toBeSigned() {
        try {
            return content.getTBSCertificate().getEncoded(ASN1Encoding.DER);
        } catch (IOException impossible) {
            throw new IllegalStateException("it was encoded before", impossible);
        }
    }

    X500Name subject() {
        return content.getSubject();
    }

    org.bouncycastle.asn1.x509.Certificate content() {
        return content;
    }

    @Override
    public boolean equals(Object other) {
        return this == other || (other instanceof Certificate that && Arrays.equals(der, that.der));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return "Certificate[" + commonName + ", serial " + serial().toString(16) + "]";
    }

    private static void checkForm(org.bouncycastle.asn1.x509.Certificate content) {
        TBSCertificate signed = content.getTBSCertificate();
        if (content.getVersionNumber() != VERSION_3) {
            throw new IllegalArgumentException("certificate: version " + content.getVersionNumber() + ", wants 3");
        }
        if (!DerSignature.ALGORITHM.equals(content.getSignatureAlgorithm())
                || !DerSignature.ALGORITHM.equals(signed.getSignature())) {
            throw new IllegalArgumentException("certificate: not signed with ECDSA and SHA-256");
        }
        if (content.getSerialNumber().getValue().signum() <= 0) {
            throw new IllegalArgumentException("certificate: the serial number is not positive");
        }
        Extensions extensions = signed.getExtensions();
        if (extensions != null) {
            for (ASN1ObjectIdentifier critical : extensions.getCriticalExtensionOIDs()) {
                if (!UNDERSTOOD.contains(critical)) {
                    throw new IllegalArgumentException("certificate: critical extension " + critical);
                }
            }
        }
    }

    private static String commonNameOf(X500Name subject) {
        RDN[] names = subject.getRDNs(BCStyle.CN);
        if (names.length != 1 || names[0].isMultiValued()) {
            throw new IllegalArgumentException("certificate: the subject has " + names.length + " common names");
        }
        ASN1Encodable value = names[0].getFirst().getValue();
        return ((ASN1String) value).getString();
    }

    private static boolean mayCertify(@Nullable Extensions in) {
        if (in == null) {
            return false;
        }
        BasicConstraints constraints = BasicConstraints.fromExtensions(in);
        KeyUsage usage = KeyUsage.fromExtensions(in);
        return constraints != null && constraints.isCA() && (usage == null || usage.hasUsages(KeyUsage.keyCertSign));
    }
}
