// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.evidence;

import java.time.Instant;
import java.util.List;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.crypto.Signer;

/**
 * What a supplier says its devices should measure: a CoRIM with one CoMID (draft-ietf-rats-corim, subset) in a
 * COSE_Sign1. From supplier to PVA only, never on the air.
 *
 * @param id of the set, at most 64 characters
 * @param version of the set, counts up
 * @param vendor at most 64 characters
 * @param model the hardware model it is for; see {@link Evidence#hardwareModel()}
 * @param components every component a device of this model must report
 */
public record ReferenceValues(
        String id,
        long version,
        String vendor,
        String model,
        Instant notBefore,
        Instant notAfter,
        List<MeasuredComponent> components) {
    /** The set, signed. */
    public byte[] sign(Signer supplierKey) {
        throw new UnsupportedOperationException();
    }

    /** @throws ForgedException if this is no set signed by this supplier */
    public static ReferenceValues verify(byte[] coseSign1, P256PublicKey supplierKey) throws ForgedException {
        throw new UnsupportedOperationException();
    }
}
