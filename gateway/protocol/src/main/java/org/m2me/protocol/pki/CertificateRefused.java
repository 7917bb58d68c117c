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
        STATUS_UNKNOWN(46), // certificate_unknown
        STATUS_STALE(46); // what is known of it was said at another time than now

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

    /**
     * Whether time alone may cure it: nobody certifies for the future, and an answer that was just given is of now, so one
     * of the clocks is wrong, and the certificate is not to blame.
     */
    public boolean isOfTheClock() {
        return reason == Reason.NOT_YET_VALID || reason == Reason.STATUS_STALE;
    }
}
