// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.pki;

import java.io.IOException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.m2me.protocol.crypto.Signer;

/** Both ends of the Online Certificate Status Protocol (RFC 6960) with nonce (RFC 9654). */
public final class Ocsp {
    /** RFC 9654 2.1: what a client may send. */
    static final int NONCE_LENGTH_MAX = 128;

    /** In one request: most clients ask for one or for a chain; who has many to ask about has another request. */
    public static final int CERTIFICATES_MAX = 100;

    /** A request is about 110 bytes a certificate. */
    public static final int REQUEST_SIZE_MAX = 16 * 1024;

    /** An answer is about 160 bytes a certificate, and with a responder's certificate 800 more, with a chain some 1000s. */
    public static final int RESPONSE_SIZE_MAX = 32 * 1024;

    private Ocsp() {}

    /** What a responder knows of one serial number. */
    public sealed interface Status {
        /** Issued and not revoked. */
        record Good() implements Status {}

        /** Revoked then. */
        record Revoked(Instant at) implements Status {}

        /** Not issued here. */
        record Unknown() implements Status {}
    }

    /**
     * A DER OCSPRequest.
     *
     * @param certificates of this issuer, 1 to {@link #CERTIFICATES_MAX}
     * @param nonce 1 to 128 bytes, 32 by RFC 9654's advice
     */
    public static byte[] request(List<Certificate> certificates, Certificate issuer, byte[] nonce) {
        if (nonce.length < 1 || nonce.length > NONCE_LENGTH_MAX) {
            throw new IllegalArgumentException("OCSP nonce: " + nonce.length + " bytes, wants 1 to 128");
        }
        if (certificates.isEmpty() || certificates.size() > CERTIFICATES_MAX) {
            throw new IllegalArgumentException(
                    "OCSP: " + certificates.size() + " certificates, wants 1 to " + CERTIFICATES_MAX);
        }
        try {
            OcspId id = new OcspId(issuer);
            OCSPReqBuilder request = new OCSPReqBuilder().setRequestExtensions(new Extensions(nonceExtension(nonce)));
            for (Certificate certificate : certificates) {
                request.addRequest(id.of(NISTObjectIdentifiers.id_sha256, certificate.serial()));
            }
            return request.build().getEncoded();
        } catch (IOException | OCSPException impossible) {
            throw new IllegalStateException("what was built here can be encoded", impossible);
        }
    }

    /**
     * Who answers.
     *
     * @param issuer the authority whose certificates are asked about
     * @param responder the certificate of a responder that the issuer certified, or empty when the issuer signs
     * @param key the key of the responder, or of the issuer
     */
    public record Responder(Certificate issuer, Optional<Certificate> responder, Signer key) {
        public Responder {
            if (!responder.orElse(issuer).publicKey().equals(key.publicKey())) {
                throw new IllegalArgumentException("OCSP: the key is not of " + responder.orElse(issuer));
            }
        }

        /** A DER OCSPResponse; to a request that cannot be read, the one that says so. */
        public byte[] respond(byte[] request, Function<BigInteger, Status> statuses, Instant now) {
            return new OcspAnswer(this, now).to(request, statuses);
        }
    }

    /** What an answer says that can be relied on. */
    public interface Statuses {
        /** Whether it says anything of this certificate: not every responder answers for all that it was asked about. */
        boolean name(Certificate certificate);

        /** Passes what is good. @throws CertificateRefused if revoked or unknown, or if nothing is said that counts now */
        void check(Certificate certificate) throws CertificateRefused;
    }

    /**
     * Reads an answer: signed by the issuer or by a responder it certified, and if it has a nonce, to this request.
     *
     * @throws CertificateRefused STATUS_NOT_TOLD if it cannot be relied on
     */
    public static Statuses read(byte[] response, Certificate issuer, byte[] nonce, Instant now)
            throws CertificateRefused {
        return new OcspCheck(issuer, now).read(response, nonce);
    }

    static Extension nonceExtension(byte[] nonce) throws IOException {
        byte[] value = new DEROctetString(nonce).getEncoded();
        return new Extension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce, false, value);
    }
}
