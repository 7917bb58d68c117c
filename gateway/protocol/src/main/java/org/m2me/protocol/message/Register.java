// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.message;

import java.util.Optional;
import java.util.Set;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.step.Procedure;

/**
 * Step 5, device to DRF, resource {@code r}: register me with my operator. Who asks is known from the transport.
 *
 * @param registration made by the Trusted Environment; names this registration from here on, and serves once
 * @param pcid that gave access; absent on non-3GPP access, and when a subscription gives it; in a renewal the one to renew
 * @param procedure that the device goes through
 * @param state how the device says it is, so that an older result about it is not believed; only in a change
 */
public record Register(Nonce registration, Optional<Pcid> pcid, Procedure procedure, Optional<DeviceState> state) {
    private static final long PCID = 2;
    private static final long PROCEDURE = 3;
    private static final long STORE_GENERATION = 4;
    private static final long FIRMWARE = 5;

    /** Of initial provisioning. */
    public static Register initial(Nonce registration, Optional<Pcid> pcid) {
        return new Register(registration, pcid, Procedure.INITIAL, Optional.empty());
    }

    /** Of a renewal of this PCID. */
    public static Register renewal(Nonce registration, Pcid pcid) {
        return new Register(registration, Optional.of(pcid), Procedure.RENEWAL, Optional.empty());
    }

    public byte[] encode() {
        CborMap.Builder map = CborMap.builder().put(Fields.REGISTRATION, registration.bytes());
        pcid.ifPresent(present -> map.put(PCID, Fields.packed(present)));
        if (procedure != Procedure.INITIAL) {
            map.put(PROCEDURE, procedure.code());
        }
        state.ifPresent(present -> map.put(STORE_GENERATION, present.storeGeneration())
                .put(FIRMWARE, present.firmware().bytes()));
        return map.build().encode();
    }

    /** @throws CborException naming the field */
    public static Register decode(byte[] cbor) throws CborException {
        Fields fields = Fields.decode(cbor, Set.of(Fields.REGISTRATION, PCID, PROCEDURE, STORE_GENERATION, FIRMWARE));
        Nonce registration = fields.nonce(Fields.REGISTRATION);
        Procedure procedure = Procedure.INITIAL;
        if (fields.has(PROCEDURE)) {
            long code = fields.map().integer(PROCEDURE, 1, Long.MAX_VALUE); // absent for the initial one
            procedure = Fields.constructed(PROCEDURE, () -> Procedure.of(code));
        }
        return new Register(
                registration,
                fields.has(PCID) ? Optional.of(fields.pcid(PCID)) : Optional.empty(),
                procedure,
                fields.has(STORE_GENERATION) || fields.has(FIRMWARE) ? Optional.of(state(fields)) : Optional.empty());
    }

    private static DeviceState state(Fields fields) throws CborException {
        byte[] firmware = fields.map().bytes(FIRMWARE, DeviceState.FIRMWARE_LENGTH, DeviceState.FIRMWARE_LENGTH);
        return new DeviceState(fields.map().integer(STORE_GENERATION, 0, Long.MAX_VALUE), Opaque.of(firmware));
    }
}
