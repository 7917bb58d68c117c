// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.message;

import java.util.Optional;
import java.util.Set;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Pcid;

/**
 * Step 5, device to DRF, resource {@code r}: register me with my operator. Who asks is known from the transport.
 *
 * @param registration made by the Trusted Environment; names this registration from here on, and serves once
 * @param pcid that gave access; absent on non-3GPP access
 */
public record Register(Nonce registration, Optional<Pcid> pcid) {
    private static final long PCID = 2;

    public byte[] encode() {
        CborMap.Builder map = CborMap.builder().put(Fields.REGISTRATION, registration.bytes());
        pcid.ifPresent(present -> map.put(PCID, Fields.packed(present)));
        return map.build().encode();
    }

    /** @throws CborException naming the field */
    public static Register decode(byte[] cbor) throws CborException {
        Fields fields = Fields.decode(cbor, Set.of(Fields.REGISTRATION, PCID));
        Nonce registration = fields.nonce(Fields.REGISTRATION);
        return new Register(registration, fields.has(PCID) ? Optional.of(fields.pcid(PCID)) : Optional.empty());
    }
}
