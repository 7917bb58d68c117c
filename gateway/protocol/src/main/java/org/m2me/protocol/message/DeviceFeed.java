// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.message;

import java.util.List;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.identity.Ueid;

/**
 * Role to gateway: for whom something new waits. A hint only: the gateway may miss it, and asks again in time.
 *
 * @param latest pass it as {@code after} in the next question
 * @param devices at most 1,000, those with new mail since {@code after}
 */
public record DeviceFeed(long latest, List<Ueid> devices) {
    public byte[] encode() {
        throw new UnsupportedOperationException();
    }

    /** @throws CborException naming the field */
    public static DeviceFeed decode(byte[] cbor) throws CborException {
        throw new UnsupportedOperationException();
    }
}
