// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.pki;

import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import org.m2me.protocol.pki.CertificateRefused.Reason;

/** Path validation (RFC 5280 6.1) for paths of one issuer: signature, names, basic constraints, key usage and dates. */
public final class CertificatePath {
    private CertificatePath() {}

    /**
     * Verifies that one of the anchors issued the certificate and that both are valid now.
     *
     * @return the anchor that issued it
     * @throws CertificateRefused with the reason
     */
    public static Certificate verify(Certificate certificate, Collection<Certificate> anchors, Instant now)
            throws CertificateRefused {
        for (Certificate anchor : anchors) {
            if (anchor.isAuthority() && anchor.issued(certificate)) {
                checkDates(certificate, anchor, now);
                return anchor;
            }
        }
        throw new CertificateRefused(Reason.UNTRUSTED, certificate + " was issued by none of " + anchors);
    }

    /**
     * What may have changed since this anchor was found to have issued the certificate: whether both are valid now.
     *
     * @throws CertificateRefused NOT_YET_VALID, EXPIRED
     */
    public static void checkDates(Certificate certificate, Certificate anchor, Instant now) throws CertificateRefused {
        checkDates(anchor, now);
        checkDates(certificate, now);
    }

    /**
     * As {@link #verify}, of what a peer showed.
     *
     * @return what it showed, as this project reads it
     */
    public static Certificate verifyShown(X509Certificate shown, Collection<Certificate> anchors, Instant now)
            throws CertificateRefused {
        Certificate certificate;
        try {
            certificate = Certificate.parse(shown.getEncoded());
        } catch (IllegalArgumentException | CertificateEncodingException malformed) {
            throw new CertificateRefused(Reason.MALFORMED, String.valueOf(malformed.getMessage()));
        }
        verify(certificate, anchors, now);
        return certificate;
    }

    private static void checkDates(Certificate certificate, Instant now) throws CertificateRefused {
        if (now.isBefore(certificate.notBefore())) {
            throw new CertificateRefused(Reason.NOT_YET_VALID, certificate + " begins " + certificate.notBefore());
        }
        if (now.isAfter(certificate.notAfter())) {
            throw new CertificateRefused(Reason.EXPIRED, certificate + " ended " + certificate.notAfter());
        }
    }
}
