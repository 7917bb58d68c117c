// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.message;

import java.util.Set;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.identity.Nonce;

/**
 * Device to its owner, resource {@code o}: what became of an order. The first answer says that it was taken or refused,
 * a second one how it ended.
 *
 * @param id of the order
 * @param code OK, or why not
 * @param ended whether nothing else follows for this order
 */
public record OrderAnswer(Nonce id, ResultCode code, boolean ended) {
    private static final long CODE = 2;
    private static final long ENDED = 3;

    public byte[] encode() {
        return CborMap.builder()
                .put(Fields.REGISTRATION, id.bytes())
                .put(CODE, code.number())
                .put(ENDED, ended)
                .build()
                .encode();
    }

    /** @throws CborException naming the field */
    public static OrderAnswer decode(byte[] cbor) throws CborException {
        Fields fields = Fields.decode(cbor, Set.of(Fields.REGISTRATION, CODE, ENDED));
        return new OrderAnswer(
                fields.nonce(Fields.REGISTRATION),
                fields.code(CODE),
                fields.map().bool(ENDED));
    }
}
