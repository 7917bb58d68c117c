// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.pki;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.m2me.protocol.crypto.Signer;

/** Both ends of the Online Certificate Status Protocol (RFC 6960) with nonce (RFC 9654). */
public final class Ocsp {
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

    /** A DER OCSPRequest for one certificate. */
    public static byte[] request(Certificate certificate, Certificate issuer, byte[] nonce) {
        throw new UnsupportedOperationException();
    }

    /**
     * Who answers.
     *
     * @param issuer the authority whose certificates are asked about
     * @param responder the certificate of a responder that the issuer certified, or empty when the issuer signs
     * @param key the key of the responder, or of the issuer
     */
    public record Responder(Certificate issuer, Optional<Certificate> responder, Signer key) {
        /** A DER OCSPResponse; to a request that cannot be read, the one that says so. */
        public byte[] respond(byte[] request, Function<BigInteger, Status> statuses, Instant now) {
            throw new UnsupportedOperationException();
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
        throw new UnsupportedOperationException();
    }
}
