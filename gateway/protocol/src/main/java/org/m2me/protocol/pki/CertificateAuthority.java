// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.pki;

import java.time.Instant;
import org.bouncycastle.asn1.x500.X500Name;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.crypto.Signer;

/**
 * Issues certificates. Serial numbers are the first 10 bytes of a hash over what is certified and when: among a billion,
 * two are equal with a probability of one in a million, and a device's certificate stays short.
 */
public final class CertificateAuthority {
    /** What a certified key may be used for. */
    public enum Usage {
        /** A device's key: the platform credential (PfC), or that of DTLS. Kept small, for the latter goes over the air. */
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

    private final Certificate certificate;
    private final Signer key;

    private CertificateAuthority(Certificate certificate, Signer key) {
        this.certificate = certificate;
        this.key = key;
    }

    /** A new authority with a certificate signed by itself. */
    public static CertificateAuthority selfSigned(String commonName, Signer key, Instant notBefore, Instant notAfter) {
        X500Name name = CertificateForm.name(commonName);
        CertificateForm form = new CertificateForm(
                name, name, key.publicKey(), notBefore, notAfter, CertificateExtensions.ofAuthority(key.publicKey()));
        return new CertificateAuthority(form.signedBy(key), key);
    }

    /**
     * An authority that exists.
     *
     * @throws IllegalArgumentException if the certificate is not an authority's, or not of this key
     */
    public static CertificateAuthority of(Certificate certificate, Signer key) {
        if (!certificate.isAuthority() || !certificate.publicKey().equals(key.publicKey())) {
            throw new IllegalArgumentException(certificate + " is not an authority's, or not of this key");
        }
        return new CertificateAuthority(certificate, key);
    }

    public Certificate certificate() {
        return certificate;
    }

    public Certificate issue(Request request) {
        CertificateForm form = new CertificateForm(
                certificate.subject(),
                CertificateForm.name(request.commonName()),
                request.key(),
                request.notBefore(),
                request.notAfter(),
                CertificateExtensions.of(request, certificate.publicKey()));
        return form.signedBy(key);
    }
}
