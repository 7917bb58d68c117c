// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.pki;

import java.io.IOException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.SingleResp;
import org.m2me.protocol.pki.CertificateRefused.Reason;

/** The client's end of OCSP: decides whether an answer can be relied on, and what it says. */
final class OcspCheck {
    private static final int RESPONSE_SIZE_MAX = 8192; // with a responder's certificate it is about 800 bytes
    private static final Duration CLOCK_SKEW_MAX = Duration.ofMinutes(5); // between two hosts that run NTP, generously
    private static final Duration AGE_MAX = Duration.ofHours(1); // of an answer that does not say when the next is due

    private final Certificate issuer;
    private final Instant now;

    OcspCheck(Certificate issuer, Instant now) {
        this.issuer = issuer;
        this.now = now;
    }

    void check(byte[] response, Certificate certificate, byte[] nonce) throws CertificateRefused {
        try {
            BasicOCSPResp answer = read(response);
            checkSignature(answer);
            checkNonce(answer, nonce);
            checkStatus(answer, certificate);
        } catch (IOException
                | OCSPException
                | RuntimeException malformed) { // Bouncy Castle's parser throws any of them
            throw new CertificateRefused(Reason.STATUS_UNKNOWN, "the answer is not readable OCSP");
        }
    }

    private static BasicOCSPResp read(byte[] response) throws IOException, OCSPException, CertificateRefused {
        if (response.length > RESPONSE_SIZE_MAX) {
            throw unreliable("the answer has " + response.length + " bytes");
        }
        OCSPResp outer = new OCSPResp(response);
        if (outer.getStatus() != OCSPResp.SUCCESSFUL || !(outer.getResponseObject() instanceof BasicOCSPResp answer)) {
            throw unreliable("the responder's own status is " + outer.getStatus());
        }
        // What is checked is what Bouncy Castle writes again, so what came has to be the same.
        byte[] rewritten =
                new OCSPRespBuilder().build(OCSPRespBuilder.SUCCESSFUL, answer).getEncoded();
        if (!Arrays.equals(response, rewritten)) {
            throw unreliable("not DER");
        }
        return answer;
    }

    private void checkSignature(BasicOCSPResp answer) throws CertificateRefused {
        if (!DerSignature.ALGORITHM.equals(answer.getSignatureAlgorithmID())) {
            throw unreliable("not signed with ECDSA and SHA-256");
        }
        for (Certificate signer : possibleSigners(answer)) {
            if (DerSignature.verify(answer.getTBSResponseData(), answer.getSignature(), signer.publicKey())) {
                return;
            }
        }
        throw unreliable("signed neither by " + issuer + " nor by a responder that it certified");
    }

    /** The issuer, and whoever it certified for this and is valid now (RFC 6960 4.2.2.2). */
    private List<Certificate> possibleSigners(BasicOCSPResp answer) throws CertificateRefused {
        List<Certificate> signers = new ArrayList<>(List.of(issuer));
        for (X509CertificateHolder holder : answer.getCerts()) {
            Certificate certificate = Certificate.parse(encoded(holder));
            if (certificate.isFor(KeyPurposeId.id_kp_OCSPSigning)) {
                CertificatePath.verify(certificate, List.of(issuer), now);
                signers.add(certificate);
            }
        }
        return signers;
    }

    private static void checkNonce(BasicOCSPResp answer, byte[] nonce) throws CertificateRefused {
        Extension echoed = answer.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce);
        if (echoed != null) {
            byte[] value = ASN1OctetString.getInstance(echoed.getParsedValue()).getOctets();
            if (!MessageDigest.isEqual(value, nonce)) {
                throw unreliable("the nonce is another request's");
            }
        }
    }

    private void checkStatus(BasicOCSPResp answer, Certificate certificate) throws CertificateRefused {
        for (SingleResp one : answer.getResponses()) {
            boolean wanted = one.getCertID().getSerialNumber().equals(certificate.serial())
                    && OcspId.isOf(issuer, one.getCertID());
            if (wanted) {
                checkTimes(one);
                if (one.getCertStatus() == CertificateStatus.GOOD) {
                    return;
                }
                throw new CertificateRefused(
                        one.getCertStatus() instanceof RevokedStatus ? Reason.REVOKED : Reason.STATUS_UNKNOWN,
                        certificate.toString());
            }
        }
        throw unreliable("it says nothing of " + certificate);
    }

    private void checkTimes(SingleResp one) throws CertificateRefused {
        Instant from = one.getThisUpdate().toInstant();
        Instant until = one.getNextUpdate() == null
                ? from.plus(AGE_MAX)
                : one.getNextUpdate().toInstant();
        if (now.plus(CLOCK_SKEW_MAX).isBefore(from) || now.minus(CLOCK_SKEW_MAX).isAfter(until)) {
            throw new CertificateRefused(Reason.STATUS_STALE, "the answer was good from " + from + " until " + until);
        }
    }

    private static byte[] encoded(X509CertificateHolder holder) {
        try {
            return holder.getEncoded();
        } catch (IOException impossible) {
            throw new IllegalStateException("it was encoded before", impossible);
        }
    }

    private static CertificateRefused unreliable(String why) {
        return new CertificateRefused(Reason.STATUS_UNKNOWN, why);
    }
}
