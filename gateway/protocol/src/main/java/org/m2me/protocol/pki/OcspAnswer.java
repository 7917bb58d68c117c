// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.pki;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import java.util.function.Function;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.ResponderID;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPReq;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.Req;
import org.bouncycastle.cert.ocsp.RespID;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.UnknownStatus;
import org.bouncycastle.operator.ContentSigner;
import org.m2me.protocol.crypto.Signer;

/** The responder's end of OCSP: reads a request, says what is known, signs it. */
final class OcspAnswer {
    /** How long an answer may be relied on; short, for a revoked device should not stay trusted over a meal. */
    static final Duration VALIDITY = Duration.ofMinutes(10);

    private final Ocsp.Responder responder;
    private final OcspId issuer;
    private final Instant now;

    OcspAnswer(Ocsp.Responder responder, Instant now) {
        this.responder = responder;
        this.issuer = new OcspId(responder.issuer());
        this.now = now;
    }

    byte[] to(byte[] request, Function<BigInteger, Ocsp.Status> statuses) {
        try {
            Optional<OCSPReq> readable = read(request);
            OCSPRespBuilder answer = new OCSPRespBuilder();
            if (readable.isEmpty()) {
                return answer.build(OCSPRespBuilder.MALFORMED_REQUEST, null).getEncoded();
            }
            return answer.build(OCSPRespBuilder.SUCCESSFUL, signed(readable.get(), statuses))
                    .getEncoded();
        } catch (IOException | OCSPException impossible) {
            throw new IllegalStateException("what was built here can be encoded", impossible);
        }
    }

    private static Optional<OCSPReq> read(byte[] request) {
        if (request.length > Ocsp.REQUEST_SIZE_MAX) {
            return Optional.empty();
        }
        try {
            OCSPReq readable = new OCSPReq(request);
            int certificates = readable.getRequestList().length;
            boolean acceptable = certificates >= 1 && certificates <= Ocsp.CERTIFICATES_MAX && hasUsableNonce(readable);
            return acceptable ? Optional.of(readable) : Optional.empty();
        } catch (IOException | RuntimeException malformed) { // Bouncy Castle's parser throws either
            return Optional.empty();
        }
    }

    /** RFC 9654 2.1: no nonce, or one of 1 to 128 bytes. */
    private static boolean hasUsableNonce(OCSPReq request) {
        Extension nonce = request.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce);
        if (nonce == null) {
            return true;
        }
        int length = DEROctetString.getInstance(nonce.getParsedValue()).getOctets().length;
        return length >= 1 && length <= Ocsp.NONCE_LENGTH_MAX;
    }

    private Object signed(OCSPReq request, Function<BigInteger, Ocsp.Status> statuses) throws OCSPException {
        byte[] name = KeyIdentifier.of(responder.key().publicKey());
        BasicOCSPRespBuilder builder = new BasicOCSPRespBuilder(new RespID(new ResponderID(new DEROctetString(name))));
        for (Req one : request.getRequestList()) {
            builder.addResponse(
                    one.getCertID(),
                    status(one.getCertID(), statuses),
                    Date.from(now),
                    Date.from(now.plus(VALIDITY)),
                    null);
        }
        Extension nonce = request.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce);
        if (nonce != null) {
            builder.setResponseExtensions(new Extensions(nonce));
        }
        X509CertificateHolder[] certificates = responder
                .responder()
                .map(certificate -> new X509CertificateHolder[] {new X509CertificateHolder(certificate.content())})
                .orElse(new X509CertificateHolder[0]);
        return builder.build(contentSigner(responder.key()), certificates, Date.from(now));
    }

    /** Bouncy Castle says good by null. */
    private CertificateStatus status(CertificateID id, Function<BigInteger, Ocsp.Status> statuses) {
        if (!issuer.isIssuerOf(id.toASN1Primitive())) {
            return new UnknownStatus();
        }
        Ocsp.Status status = statuses.apply(id.getSerialNumber());
        if (status instanceof Ocsp.Status.Revoked revoked) {
            return new RevokedStatus(Date.from(revoked.at()));
        }
        return status instanceof Ocsp.Status.Good ? CertificateStatus.GOOD : new UnknownStatus();
    }

    private static ContentSigner contentSigner(Signer signer) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        return new ContentSigner() {
            @Override
            public AlgorithmIdentifier getAlgorithmIdentifier() {
                return DerSignature.ALGORITHM;
            }

            @Override
            public OutputStream getOutputStream() {
                return content;
            }

            @Override
            public byte[] getSignature() {
                return DerSignature.sign(content.toByteArray(), signer);
            }
        };
    }
}
