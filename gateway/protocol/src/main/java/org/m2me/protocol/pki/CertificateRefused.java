// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.pki;

/** Why a certificate is not trusted. */
public final class CertificateRefused extends Exception {
    private static final long serialVersionUID = 1L;

    /** The kinds of distrust. */
    public enum Reason {
        NOT_YET_VALID,
        EXPIRED,
        UNTRUSTED,
        REVOKED,
        /** Its issuer does not know it. */
        STATUS_UNKNOWN,
        /** Nobody said its status in a way that can be relied on: to be asked again later. */
        STATUS_NOT_TOLD
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
