// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.message;

import java.util.Set;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;

/**
 * A device that is at work contacts its activation service, resource {@code v}. It is answered by a signed {@link
 * Activation} that is newer than the one it has, or by nothing.
 *
 * @param held number of the activation that it has; 0 if it has none
 */
public record ActivationRequest(long held) {
    private static final long HELD = 1;

    /** @throws IllegalArgumentException if the number is negative */
    public ActivationRequest {
        if (held < 0) {
            throw new IllegalArgumentException("activation held: " + held);
        }
    }

    public byte[] encode() {
        return CborMap.builder().put(HELD, held).build().encode();
    }

    /** @throws CborException naming the field */
    public static ActivationRequest decode(byte[] cbor) throws CborException {
        return new ActivationRequest(Fields.decode(cbor, Set.of(HELD)).map().integer(HELD, 0, Long.MAX_VALUE));
    }
}
