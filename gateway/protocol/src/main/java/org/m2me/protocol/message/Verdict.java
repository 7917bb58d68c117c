// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.message;

import java.util.Set;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;

/** The immediate answer to evidence or to a report: taken, or refused with a code. */
public record Verdict(ResultCode code) {
    private static final long CODE = 1;

    public byte[] encode() {
        return CborMap.builder().put(CODE, code.number()).build().encode();
    }

    /** @throws CborException naming the field */
    public static Verdict decode(byte[] cbor) throws CborException {
        return new Verdict(Fields.decode(cbor, Set.of(CODE)).code(CODE));
    }
}
