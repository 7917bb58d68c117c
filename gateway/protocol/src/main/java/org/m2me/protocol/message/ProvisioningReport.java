// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.message;

import java.util.Set;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.cose.CoseSign1;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.crypto.Signer;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;

/**
 * Step 13, device to DPF, resource {@code p}: what became of the MCIM, in a COSE_Sign1 by the Trusted Environment's
 * platform key.
 *
 * @param registration which it belongs to
 * @param code {@link ResultCode#OK} when installed, else why not
 * @param storeGeneration of the sealed store after the change
 */
public record ProvisioningReport(Nonce registration, ResultCode code, long storeGeneration) {
    private static final String PURPOSE = "m2me provisioning report";
    private static final long CODE = 2;
    private static final long STORE_GENERATION = 3;

    /** @throws IllegalArgumentException if the generation is negative */
    public ProvisioningReport {
        if (storeGeneration < 0) {
            throw new IllegalArgumentException("store generation: " + storeGeneration + " is negative");
        }
    }

    public byte[] sign(Signer platformKey) {
        byte[] payload = CborMap.builder()
                .put(Fields.REGISTRATION, registration.bytes())
                .put(CODE, code.number())
                .put(STORE_GENERATION, storeGeneration)
                .build()
                .encode();
        return CoseSign1.sign(payload, PURPOSE, platformKey);
    }

    /** Reads without verifying. @throws ForgedException if this is no report */
    public static ProvisioningReport unverified(byte[] coseSign1) throws ForgedException {
        return decode(CoseSign1.parse(coseSign1).unverifiedPayload());
    }

    /** @throws ForgedException if this is no report signed by this platform key */
    public static ProvisioningReport verify(byte[] coseSign1, P256PublicKey platformKey) throws ForgedException {
        return decode(CoseSign1.parse(coseSign1).verify(platformKey, PURPOSE));
    }

    /** @throws ForgedException if this is no report signed by the platform key with this thumbprint */
    public static ProvisioningReport verify(byte[] coseSign1, Opaque platformKey) throws ForgedException {
        return decode(CoseSign1.parse(coseSign1).verify(platformKey, PURPOSE));
    }

    private static ProvisioningReport decode(byte[] payload) throws ForgedException {
        try {
            Fields fields = Fields.decode(payload, Set.of(Fields.REGISTRATION, CODE, STORE_GENERATION));
            long storeGeneration = fields.map().integer(STORE_GENERATION, 0, Long.MAX_VALUE);
            return new ProvisioningReport(fields.nonce(Fields.REGISTRATION), fields.code(CODE), storeGeneration);
        } catch (CborException malformed) {
            throw new ForgedException("provisioning report: " + malformed.getMessage());
        }
    }
}
