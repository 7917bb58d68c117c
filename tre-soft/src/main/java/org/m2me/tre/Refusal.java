// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import org.m2me.hal.TrustException;
import org.m2me.protocol.message.ResultCode;

/** How this Trusted Environment says no. */
final class Refusal {
    private Refusal() {}

    /** @param detail names what was refused and why, without secrets */
    static TrustException of(ResultCode code, String detail) {
        return new TrustException(code.number(), code + ": " + detail);
    }
}
