// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.pki;

/** Why a certificate is not trusted. */
public final class CertificateRefused extends Exception {
    private static final long serialVersionUID = 1L;

    /** The kinds of distrust. */
    public enum Reason {
        MALFORMED(42), // bad_certificate
        NOT_YET_VALID(45), // certificate_expired: there is none for too early
        EXPIRED(45),
        UNTRUSTED(48), // unknown_ca
        REVOKED(44), // certificate_revoked
        /** Its issuer does not know it. */
        STATUS_UNKNOWN(46), // certificate_unknown
        /** Nobody said its status in a way that can be relied on: to be asked again later. */
        STATUS_NOT_TOLD(46);

        private final int alert;

        Reason(int alert) {
            this.alert = alert;
        }

        /** Number of the alert by which TLS and DTLS tell the peer (RFC 5246 7.2). */
        public int alert() {
            return alert;
        }
    }

    private final Reason reason;

    public CertificateRefused(Reason reason, String detail) {
        super(reason + ": " + detail);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
