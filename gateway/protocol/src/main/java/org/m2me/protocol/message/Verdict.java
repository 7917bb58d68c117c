// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.message;

import java.util.Set;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;

/**
 * The immediate answer to evidence, a report or telemetry: taken, or refused with a code.
 *
 * @param mail whether something waits in the device's mailbox
 */
public record Verdict(ResultCode code, boolean mail) {
    private static final long CODE = 1;
    private static final long MAIL = 2;

    /** That says nothing of mail. */
    public Verdict(ResultCode code) {
        this(code, false);
    }

    public byte[] encode() {
        CborMap.Builder map = CborMap.builder().put(CODE, code.number());
        if (mail) {
            map.put(MAIL, true);
        }
        return map.build().encode();
    }

    /** @throws CborException naming the field */
    public static Verdict decode(byte[] cbor) throws CborException {
        Fields fields = Fields.decode(cbor, Set.of(CODE, MAIL));
        if (fields.has(MAIL) && !fields.map().bool(MAIL)) {
            throw new CborException("key " + MAIL + ": is left out when there is no mail");
        }
        return new Verdict(fields.code(CODE), fields.has(MAIL));
    }
}
