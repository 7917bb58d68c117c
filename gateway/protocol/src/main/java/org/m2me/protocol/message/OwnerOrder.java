// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.message;

import java.util.Set;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.step.Procedure;

/**
 * What a device's owner wants of it (TR 33.812 5.2.5.7.2: "the owner of the device should be in control"). Signed by the
 * owner's key; that the key is the owner's is proven by the secret that came with the device, which no operator has: an
 * operator gets {@link OwnerSecret#operatorToken} only.
 *
 * @param id names this order
 * @param number counts up, for each device; the device takes each number once, and none that is lower
 * @param procedure what to do: {@code CHANGE}, {@code PRISTINE}, {@code ADD} or {@code SWITCH}
 * @param operator to which
 */
public record OwnerOrder(Nonce id, Ueid device, long number, Procedure procedure, Plmn operator) {
    /** An order has about 240 bytes. */
    public static final int SIZE_MAX = 384;

    private static final String PURPOSE = "m2me owner's order";

    private static final long DEVICE = 2;
    private static final long NUMBER = 3;
    private static final long PROCEDURE = 4;
    private static final long OPERATOR = 5;

    /** @throws IllegalArgumentException if a part is out of its range */
    public OwnerOrder {
        if (number < 1 || !procedure.isChange()) {
            throw new IllegalArgumentException("order: number " + number + " to " + procedure);
        }
    }

    /**
     * The order as it goes to the device.
     *
     * @param key the owner's
     * @param secret that came with the device
     */
    public Opaque sign(P256PrivateKey key, SecretBytes secret) {
        byte[] claims = CborMap.builder()
                .put(Fields.REGISTRATION, id.bytes())
                .put(DEVICE, device.value().bytes())
                .put(NUMBER, number)
                .put(PROCEDURE, procedure.code())
                .put(OPERATOR, operator.bytes())
                .build()
                .encode();
        return OwnerSigned.sign(claims, PURPOSE, device, key, secret);
    }

    /**
     * Reads an order of the device's owner. Whether its number was used is for the caller.
     *
     * @param device who reads
     * @param secret that came with it
     * @throws ForgedException if it is not for this device, or not by its owner
     */
    public static OwnerOrder verify(byte[] order, Ueid device, SecretBytes secret) throws ForgedException {
        byte[] claims = OwnerSigned.verify(order, PURPOSE, device, secret);
        try {
            OwnerOrder read = decode(claims);
            if (!read.device().equals(device)) {
                throw new ForgedException("order: it is for " + read.device());
            }
            return read;
        } catch (CborException | IllegalArgumentException malformed) {
            throw new ForgedException("order: " + malformed.getMessage());
        }
    }

    private static OwnerOrder decode(byte[] claims) throws CborException {
        Fields fields = Fields.decode(claims, Set.of(Fields.REGISTRATION, DEVICE, NUMBER, PROCEDURE, OPERATOR));
        byte[] device = fields.map().bytes(DEVICE, Ueid.LENGTH, Ueid.LENGTH);
        return new OwnerOrder(
                fields.nonce(Fields.REGISTRATION),
                new Ueid(Opaque.of(device)),
                fields.map().integer(NUMBER, 1, Long.MAX_VALUE),
                Procedure.of(fields.map().integer(PROCEDURE)),
                fields.plmn(OPERATOR));
    }
}
