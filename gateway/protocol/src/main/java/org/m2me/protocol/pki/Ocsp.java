// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.pki;

import java.io.IOException;
import java.math.BigInteger;
import java.time.Instant;
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
     * A DER OCSPRequest for one certificate.
     *
     * @param nonce 1 to 128 bytes, 32 by RFC 9654's advice
     */
    public static byte[] request(Certificate certificate, Certificate issuer, byte[] nonce) {
        if (nonce.length < 1 || nonce.length > NONCE_LENGTH_MAX) {
            throw new IllegalArgumentException("OCSP nonce: " + nonce.length + " bytes, wants 1 to 128");
        }
        try {
            return new OCSPReqBuilder()
                    .addRequest(OcspId.of(NISTObjectIdentifiers.id_sha256, issuer, certificate.serial()))
                    .setRequestExtensions(new Extensions(nonceExtension(nonce)))
                    .build()
                    .getEncoded();
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

    /**
     * Checks an answer: signature by issuer or by a responder it certified, certificate asked for, nonce if the answer
     * has one, and times.
     *
     * @throws CertificateRefused if revoked, or if this answer cannot be relied on
     */
    public static void check(byte[] response, Certificate certificate, Certificate issuer, byte[] nonce, Instant now)
            throws CertificateRefused {
        new OcspCheck(issuer, now).check(response, certificate, nonce);
    }

    static Extension nonceExtension(byte[] nonce) throws IOException {
        byte[] value = new DEROctetString(nonce).getEncoded();
        return new Extension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce, false, value);
    }
}
