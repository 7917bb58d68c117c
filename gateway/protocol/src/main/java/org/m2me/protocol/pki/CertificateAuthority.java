// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.pki;

import java.time.Instant;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.crypto.Signer;

/** Issues certificates. Serial numbers are the first 16 bytes of a hash over what is certified and when. */
public final class CertificateAuthority {
    /** What a certified key may be used for. */
    public enum Usage {
        /** Platform credential of a device (PfC): signs evidence and DTLS handshakes. Kept small, for it goes over the air. */
        DEVICE,
        /** A role: server and client of TLS and DTLS, and signer of results, authorisations and MCIMs. */
        ROLE,
        /** Signs OCSP answers for its issuer. */
        OCSP
    }

    /**
     * What to certify.
     *
     * @param commonName see {@link Certificate#commonName()}
     * @param host DNS name or IP address for TLS, or empty
     */
    public record Request(
            String commonName, String host, P256PublicKey key, Usage usage, Instant notBefore, Instant notAfter) {}

    private CertificateAuthority() {}

    /** A new authority with a certificate signed by itself. */
    public static CertificateAuthority selfSigned(String commonName, Signer key, Instant notBefore, Instant notAfter) {
        throw new UnsupportedOperationException();
    }

    /** An authority that exists. */
    public static CertificateAuthority of(Certificate certificate, Signer key) {
        throw new UnsupportedOperationException();
    }

    public Certificate certificate() {
        throw new UnsupportedOperationException();
    }

    public Certificate issue(Request request) {
        throw new UnsupportedOperationException();
    }
}
