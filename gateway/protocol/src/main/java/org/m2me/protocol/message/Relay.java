// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.message;

import java.util.Set;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;

/**
 * Device to DPF, resource {@code a}: the old operator has acknowledged (TR 33.812 5.1.3.8.4.2 step 11).
 *
 * @param registration of the change
 * @param acknowledgement a signed {@link ReleaseAcknowledgement}
 */
public record Relay(Nonce registration, Opaque acknowledgement) {
    private static final long ACKNOWLEDGEMENT = 2;

    public byte[] encode() {
        return CborMap.builder()
                .put(Fields.REGISTRATION, registration.bytes())
                .put(ACKNOWLEDGEMENT, acknowledgement.bytes())
                .build()
                .encode();
    }

    /** @throws CborException naming the field */
    public static Relay decode(byte[] cbor) throws CborException {
        Fields fields = Fields.decode(cbor, Set.of(Fields.REGISTRATION, ACKNOWLEDGEMENT));
        byte[] acknowledgement = fields.map().bytes(ACKNOWLEDGEMENT, 1, ReleaseAcknowledgement.SIZE_MAX);
        return new Relay(fields.nonce(Fields.REGISTRATION), Opaque.of(acknowledgement));
    }
}
