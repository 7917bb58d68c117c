// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.message;

import java.util.Set;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.cose.CoseSign1;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.Signer;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;

/**
 * The receipt of a discarded subscription, device to its old operator (TR 33.812 5.1.3.8.4.2 step 9), resource {@code x}:
 * the Trusted Environment has no key of it any more. It names the registration that brought the subscription, which
 * the new operator never hears of.
 *
 * @param registration that brought what is discarded
 * @param operator whose it was
 * @param storeGeneration of the Trusted Environment afterwards
 */
public record Release(Nonce registration, Ueid device, Plmn operator, long storeGeneration) {
    private static final String PURPOSE = "m2me release";
    private static final long DEVICE = 2;
    private static final long OPERATOR = 3;
    private static final long STORE_GENERATION = 4;

    public byte[] sign(Signer platformKey) {
        byte[] payload = CborMap.builder()
                .put(Fields.REGISTRATION, registration.bytes())
                .put(DEVICE, device.value().bytes())
                .put(OPERATOR, operator.bytes())
                .put(STORE_GENERATION, storeGeneration)
                .build()
                .encode();
        return CoseSign1.sign(payload, PURPOSE, platformKey);
    }

    /** Reads without verifying. @throws ForgedException if this is no release */
    public static Release unverified(byte[] coseSign1) throws ForgedException {
        return decode(CoseSign1.parse(coseSign1).unverifiedPayload());
    }

    /** @throws ForgedException if this is no release signed by the platform key with this thumbprint */
    public static Release verify(byte[] coseSign1, Opaque platformKey) throws ForgedException {
        return decode(CoseSign1.parse(coseSign1).verify(platformKey, PURPOSE));
    }

    private static Release decode(byte[] payload) throws ForgedException {
        try {
            Fields fields = Fields.decode(payload, Set.of(Fields.REGISTRATION, DEVICE, OPERATOR, STORE_GENERATION));
            byte[] device = fields.map().bytes(DEVICE, Ueid.LENGTH, Ueid.LENGTH);
            return new Release(
                    fields.nonce(Fields.REGISTRATION),
                    Fields.constructed(DEVICE, () -> new Ueid(Opaque.of(device))),
                    fields.plmn(OPERATOR),
                    fields.map().integer(STORE_GENERATION, 0, Long.MAX_VALUE));
        } catch (CborException malformed) {
            throw new ForgedException("release: " + malformed.getMessage());
        }
    }
}
