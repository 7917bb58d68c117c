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
    private static final Duration CLOCK_SKEW_MAX = Duration.ofMinutes(5); // between two hosts that run NTP, generously
    private static final Duration AGE_MAX =
            Duration.ofHours(1); // of an answer that names no next one, or might be repeated by anybody

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
            BasicOCSPResp answer = decode(response);
            checkSignature(answer);
            return new Reliable(said(answer, hasNonce(answer, nonce)));
        } catch (IOException
                | OCSPException
                | RuntimeException malformed) { // Bouncy Castle's parser throws any of them
            throw unreliable("the answer is not readable OCSP");
        }
    }

    private static BasicOCSPResp decode(byte[] response) throws IOException, OCSPException, CertificateRefused {
        if (response.length > Ocsp.RESPONSE_SIZE_MAX) {
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

    /** By serial number; what it says of other issuers' certificates is left out, and what it says twice counts once. */
    private Map<BigInteger, Said> said(BasicOCSPResp answer, boolean madeForUs) {
        OcspId ours = new OcspId(issuer);
        Map<BigInteger, Said> said = new HashMap<>();
        for (SingleResp one : answer.getResponses()) {
            if (ours.isIssuerOf(one.getCertID())) {
                said.putIfAbsent(one.getCertID().getSerialNumber(), said(one, madeForUs));
            }
        }
        return said;
    }

    private static Said said(SingleResp one, boolean madeForUs) {
        Instant from = one.getThisUpdate().toInstant();
        Instant aged = from.plus(AGE_MAX);
        Instant until = one.getNextUpdate() == null ? aged : one.getNextUpdate().toInstant();
        return new Said(objection(one), from, !madeForUs && until.isAfter(aged) ? aged : until);
    }

    private static Optional<Reason> objection(SingleResp one) {
        if (one.getCertStatus() == CertificateStatus.GOOD) {
            return Optional.empty();
        }
        return Optional.of(one.getCertStatus() instanceof RevokedStatus ? Reason.REVOKED : Reason.STATUS_UNKNOWN);
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
