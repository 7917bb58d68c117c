// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.envelope;

import org.m2me.protocol.crypto.ForgedException;

/** An envelope that may be whole, and is not for whom it came to, or not from whom it was expected. */
public final class EnvelopeRefused extends ForgedException {
    private static final long serialVersionUID = 1L;

    /** What does not fit. */
    public enum Reason {
        /** It names another signer. */
        OTHER_OPERATOR,
        /** It names another recipient. */
        OTHER_DEVICE,
        /** It was opened, and wants an algorithm that is not run here. */
        UNKNOWN_ALGORITHM
    }

    private final Reason reason;

    EnvelopeRefused(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
