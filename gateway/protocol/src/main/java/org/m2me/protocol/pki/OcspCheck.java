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
import java.util.Optional;
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
    private static final Duration AGE_MAX =
            Duration.ofHours(1); // of an answer that names no next one, or might be repeated by anybody

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
            checkStatus(answer, certificate, hasNonce(answer, nonce));
        } catch (IOException
                | OCSPException
                | RuntimeException malformed) { // Bouncy Castle's parser throws any of them
            throw unreliable("the answer is not readable OCSP");
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
    private List<Certificate> possibleSigners(BasicOCSPResp answer) {
        List<Certificate> signers = new ArrayList<>(List.of(issuer));
        for (X509CertificateHolder holder : answer.getCerts()) {
            delegated(holder).ifPresent(signers::add);
        }
        return signers;
    }

    private Optional<Certificate> delegated(X509CertificateHolder holder) {
        try {
            Certificate certificate = Certificate.parse(encoded(holder));
            CertificatePath.verify(certificate, List.of(issuer), now);
            return Optional.of(certificate).filter(one -> one.isFor(KeyPurposeId.id_kp_OCSPSigning));
        } catch (CertificateRefused | IllegalArgumentException another) {
            return Optional.empty(); // of the chain above, or of nobody's that counts here: it signs nothing for us
        }
    }

    /** Whether it answers this very request; a responder may leave nonces out (RFC 9654 2.1). */
    private static boolean hasNonce(BasicOCSPResp answer, byte[] nonce) throws CertificateRefused {
        Extension echoed = answer.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce);
        if (echoed == null) {
            return false;
        }
        byte[] value = ASN1OctetString.getInstance(echoed.getParsedValue()).getOctets();
        if (!MessageDigest.isEqual(value, nonce)) {
            throw unreliable("the nonce is another request's");
        }
        return true;
    }

    private void checkStatus(BasicOCSPResp answer, Certificate certificate, boolean madeForUs)
            throws CertificateRefused {
        for (SingleResp one : answer.getResponses()) {
            boolean wanted = one.getCertID().getSerialNumber().equals(certificate.serial())
                    && OcspId.isOf(issuer, one.getCertID());
            if (wanted) {
                checkTimes(one, madeForUs);
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

    private void checkTimes(SingleResp one, boolean madeForUs) throws CertificateRefused {
        Instant from = one.getThisUpdate().toInstant();
        Instant aged = from.plus(AGE_MAX);
        Instant until = one.getNextUpdate() == null ? aged : one.getNextUpdate().toInstant();
        if (!madeForUs && until.isAfter(aged)) {
            until = aged;
        }
        if (now.plus(CLOCK_SKEW_MAX).isBefore(from) || now.minus(CLOCK_SKEW_MAX).isAfter(until)) {
            throw unreliable("it was good from " + from + " until " + until);
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
        return new CertificateRefused(Reason.STATUS_NOT_TOLD, why);
    }
}
