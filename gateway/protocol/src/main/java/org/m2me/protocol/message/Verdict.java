// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.message;

import org.m2me.protocol.cbor.CborException;

/** The immediate answer to evidence or to a report: taken, or refused with a code. */
public record Verdict(ResultCode code) {
    public byte[] encode() {
        throw new UnsupportedOperationException();
    }

    /** @throws CborException naming the field */
    public static Verdict decode(byte[] cbor) throws CborException {
        throw new UnsupportedOperationException();
    }
}
