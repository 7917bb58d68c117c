// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.pki;

import java.io.IOException;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ocsp.BasicOCSPResponse;
import org.bouncycastle.asn1.ocsp.CertStatus;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPResponse;
import org.bouncycastle.asn1.ocsp.OCSPResponseStatus;
import org.bouncycastle.asn1.ocsp.ResponseBytes;
import org.bouncycastle.asn1.ocsp.SingleResponse;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.m2me.protocol.pki.CertificateRefused.Reason;

/** The client's end of OCSP: decides whether an answer can be relied on, and what it says. */
final class OcspCheck {
    private static final Duration CLOCK_SKEW_MAX = Duration.ofMinutes(5); // between two hosts that run NTP, generously
    private static final Duration AGE_MAX =
            Duration.ofHours(1); // of an answer that names no next one, or might be repeated by anybody

    // Tags of CertStatus, RFC 6960 4.2.1
    private static final int GOOD = 0;
    private static final int REVOKED = 1;
    private static final int UNKNOWN = 2;

    private final Certificate issuer;
    private final Instant now;

    OcspCheck(Certificate issuer, Instant now) {
        this.issuer = issuer;
        this.now = now;
    }

    /** Of one certificate. @param objection none if it is good @param until as long as that may be relied on */
    private record Said(Optional<Reason> objection, Instant from, Instant until) {}

    Ocsp.Statuses read(byte[] response, byte[] nonce) throws CertificateRefused {
        try {
            BasicOCSPResponse answer = decode(response);
            checkSignature(answer);
            return new Reliable(said(answer, hasNonce(answer, nonce)));
        } catch (IOException | RuntimeException malformed) { // Bouncy Castle's parser throws either
            throw unreliable("the answer is not readable OCSP");
        }
    }

    private static BasicOCSPResponse decode(byte[] response) throws IOException, CertificateRefused {
        if (response.length > Ocsp.RESPONSE_SIZE_MAX) {
            throw unreliable("the answer has " + response.length + " bytes");
        }
        OCSPResponse outer = OCSPResponse.getInstance(ASN1Primitive.fromByteArray(response));
        int status = outer.getResponseStatus().getIntValue();
        ResponseBytes inner = outer.getResponseBytes();
        if (status != OCSPResponseStatus.SUCCESSFUL
                || inner == null
                || !OCSPObjectIdentifiers.id_pkix_ocsp_basic.equals(inner.getResponseType())) {
            throw unreliable("the responder's own status is " + status);
        }
        byte[] content = inner.getResponse().getOctets();
        BasicOCSPResponse answer = BasicOCSPResponse.getInstance(ASN1Primitive.fromByteArray(content));
        // What is checked is what Bouncy Castle writes again, so what came has to be the same.
        if (!Arrays.equals(content, answer.getEncoded(ASN1Encoding.DER))
                || !Arrays.equals(response, outer.getEncoded(ASN1Encoding.DER))) {
            throw unreliable("not DER");
        }
        return answer;
    }

    private void checkSignature(BasicOCSPResponse answer) throws IOException, CertificateRefused {
        if (!DerSignature.ALGORITHM.equals(answer.getSignatureAlgorithm())) {
            throw unreliable("not signed with ECDSA and SHA-256");
        }
        byte[] signed = answer.getTbsResponseData().getEncoded(ASN1Encoding.DER);
        byte[] signature = answer.getSignature().getOctets();
        for (Certificate signer : possibleSigners(answer)) {
            if (DerSignature.verify(signed, signature, signer.publicKey())) {
                return;
            }
        }
        throw unreliable("signed neither by " + issuer + " nor by a responder that it certified");
    }

    /** The issuer, and whoever it certified for this and is valid now (RFC 6960 4.2.2.2). */
    private List<Certificate> possibleSigners(BasicOCSPResponse answer) throws IOException {
        List<Certificate> signers = new ArrayList<>(List.of(issuer));
        if (answer.getCerts() != null) {
            for (ASN1Encodable one : answer.getCerts()) {
                delegated(one.toASN1Primitive().getEncoded(ASN1Encoding.DER)).ifPresent(signers::add);
            }
        }
        return signers;
    }

    private Optional<Certificate> delegated(byte[] der) {
        try {
            Certificate certificate = Certificate.parse(der);
            CertificatePath.verify(certificate, List.of(issuer), now);
            return Optional.of(certificate).filter(one -> one.isFor(KeyPurposeId.id_kp_OCSPSigning));
        } catch (CertificateRefused | IllegalArgumentException another) {
            return Optional.empty(); // of the chain above, or of nobody's that counts here: it signs nothing for us
        }
    }

    /** Whether it answers this very request; a responder may leave nonces out (RFC 9654 2.1). */
    private static boolean hasNonce(BasicOCSPResponse answer, byte[] nonce) throws CertificateRefused {
        Extension echoed = Extensions.getExtension(
                answer.getTbsResponseData().getResponseExtensions(), OCSPObjectIdentifiers.id_pkix_ocsp_nonce);
        if (echoed == null) {
            return false;
        }
        byte[] value = ASN1OctetString.getInstance(echoed.getParsedValue()).getOctets();
        if (!MessageDigest.isEqual(value, nonce)) {
            throw unreliable("the nonce is another request's");
        }
        return true;
    }

    /** By serial number; what it says of other issuers' certificates is left out, and what it says twice counts once. */
    private Map<BigInteger, Said> said(BasicOCSPResponse answer, boolean madeForUs) throws CertificateRefused {
        OcspId ours = new OcspId(issuer);
        Map<BigInteger, Said> said = new HashMap<>();
        for (ASN1Encodable each : answer.getTbsResponseData().getResponses()) {
            SingleResponse one = SingleResponse.getInstance(each);
            if (ours.isIssuerOf(one.getCertID())) {
                said.putIfAbsent(one.getCertID().getSerialNumber().getValue(), said(one, madeForUs));
            }
        }
        return said;
    }

    private static Said said(SingleResponse one, boolean madeForUs) throws CertificateRefused {
        Instant from = DerTime.of(one.getThisUpdate());
        Instant aged = from.plus(AGE_MAX);
        Instant until = one.getNextUpdate() == null ? aged : DerTime.of(one.getNextUpdate());
        return new Said(objection(one.getCertStatus()), from, !madeForUs && until.isAfter(aged) ? aged : until);
    }

    private static Optional<Reason> objection(CertStatus status) throws CertificateRefused {
        return switch (status.getTagNo()) {
            case GOOD -> Optional.empty();
            case REVOKED -> Optional.of(Reason.REVOKED);
            case UNKNOWN -> Optional.of(Reason.STATUS_UNKNOWN);
            default -> throw unreliable("a status is " + status.getTagNo());
        };
    }

    private final class Reliable implements Ocsp.Statuses {
        private final Map<BigInteger, Said> said;

        private Reliable(Map<BigInteger, Said> said) {
            this.said = said;
        }

        @Override
        public boolean name(Certificate certificate) {
            return said.containsKey(certificate.serial());
        }

        @Override
        public void check(Certificate certificate) throws CertificateRefused {
            Said of = said.get(certificate.serial());
            if (of == null) {
                throw unreliable("it says nothing of " + certificate);
            }
            if (now.plus(CLOCK_SKEW_MAX).isBefore(of.from())
                    || now.minus(CLOCK_SKEW_MAX).isAfter(of.until())) {
                throw unreliable("it was good from " + of.from() + " until " + of.until());
            }
            if (of.objection().isPresent()) {
                throw new CertificateRefused(of.objection().get(), certificate.toString());
            }
        }
    }

    private static CertificateRefused unreliable(String why) {
        return new CertificateRefused(Reason.STATUS_NOT_TOLD, why);
    }
}
