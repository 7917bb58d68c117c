// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.pki;

import java.time.Instant;
import java.util.Collection;

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
        throw new UnsupportedOperationException();
    }
}
