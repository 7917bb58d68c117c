// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal;

/** The Trusted Environment refused. The code is that of the protocol's result codes; the message holds no secret. */
public final class TrustException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int code;

    /** @param code number of a result code of the protocol */
    public TrustException(int code, String message) {
        super(message);
        this.code = code;
    }

    public int code() {
        return code;
    }
}
