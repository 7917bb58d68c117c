// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.message;

import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;

/** What waits for a device in its mailbox, resource {@code m}; each kind is cleared by the device's own answer to it. */
public sealed interface Mail {
    /** The registration that this mail belongs to. */
    Nonce registration();

    /** Step 9, PVA to device: prove your state; answer with evidence over this nonce to resource {@code e}. */
    record Challenge(Nonce registration, Nonce nonce) implements Mail {}

    /** Step 12, DPF to device: your MCIM, sealed; answer with a report to resource {@code p}. */
    record Download(Nonce registration, Opaque envelope) implements Mail {}

    /** The procedure ended without a MCIM. Nothing else follows for this registration. */
    record Refusal(Nonce registration, ResultCode code) implements Mail {}

    default byte[] encode() {
        throw new UnsupportedOperationException();
    }

    /** @throws CborException naming the field */
    static Mail decode(byte[] cbor) throws CborException {
        throw new UnsupportedOperationException();
    }
}
