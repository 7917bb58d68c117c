// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.pki;

import java.io.IOException;
import java.math.BigInteger;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERGeneralizedTime;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERUTCTime;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.m2me.protocol.crypto.Hashes;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.crypto.Signer;

/** All of a certificate but its serial number and its signature. */
record CertificateForm(
        X500Name issuer,
        X500Name subject,
        P256PublicKey key,
        Instant notBefore,
        Instant notAfter,
        Optional<Extensions> extensions) {
    private static final int SERIAL_LENGTH = 10;
    private static final Instant FIRST_GENERALIZED = Instant.parse("2050-01-01T00:00:00Z"); // RFC 5280 4.1.2.5
    private static final DateTimeFormatter UTC_TIME = format("uuMMddHHmmss'Z'");
    private static final DateTimeFormatter GENERALIZED_TIME = format("uuuuMMddHHmmss'Z'");

    /** A name that is nothing but a common name. */
    static X500Name name(String commonName) {
        return new X500NameBuilder().addRDN(BCStyle.CN, commonName).build();
    }

    Certificate signedBy(Signer signer) {
        try {
            BigInteger serial = serial(content(BigInteger.ONE).getEncoded(ASN1Encoding.DER));
            TBSCertificate content = content(serial);
            byte[] signature = DerSignature.sign(content.getEncoded(ASN1Encoding.DER), signer);
            DERSequence certificate =
                    new DERSequence(new ASN1Encodable[] {content, DerSignature.ALGORITHM, new DERBitString(signature)});
            return Certificate.parse(certificate.getEncoded(ASN1Encoding.DER));
        } catch (IOException impossible) {
            throw new IllegalStateException("what was built here can be encoded", impossible);
        }
    }

    private TBSCertificate content(BigInteger serial) {
        V3TBSCertificateGenerator generator = new V3TBSCertificateGenerator();
        generator.setSerialNumber(new ASN1Integer(serial));
        generator.setSignature(DerSignature.ALGORITHM);
        generator.setIssuer(issuer);
        generator.setStartDate(time(notBefore));
        generator.setEndDate(time(notAfter));
        generator.setSubject(subject);
        generator.setSubjectPublicKeyInfo(SubjectPublicKeyInfo.getInstance(key.spki()));
        extensions.ifPresent(generator::setExtensions);
        return generator.generateTBSCertificate();
    }

    /** Positive, and of one length whatever the hash. */
    private static BigInteger serial(byte[] content) {
        byte[] number = Arrays.copyOf(Hashes.sha256(content), SERIAL_LENGTH);
        number[0] = (byte) ((number[0] & 0x3f) | 0x40);
        return new BigInteger(number);
    }

    private static Time time(Instant instant) {
        return instant.isBefore(FIRST_GENERALIZED)
                ? new Time(new DERUTCTime(UTC_TIME.format(instant)))
                : new Time(new DERGeneralizedTime(GENERALIZED_TIME.format(instant)));
    }

    private static DateTimeFormatter format(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZoneOffset.UTC);
    }
}
