// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent.coap;

import java.io.IOException;

/** No answer came in time. */
final class SilenceException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean unheard;

    /** @param unheard whether not even an acknowledgement came */
    SilenceException(String message, boolean unheard) {
        super(message);
        this.unheard = unheard;
    }

    boolean unheard() {
        return unheard;
    }
}
