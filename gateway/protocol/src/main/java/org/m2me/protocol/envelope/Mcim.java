// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.envelope;

import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;

/**
 * Machine Communication Identity Module: the operator's subscription as it travels to one device.
 *
 * @param device the only device it is for
 * @param operator the SHO that made it
 * @param registration the nonce of the registration it answers
 * @param serial the operator's own number for it, counts up for a device
 * @param iccid 19 or 20 digits
 * @param key algorithm, K and OPc
 * @param apn the operational APN, at most 63 characters
 * @param ownerToken the token by which the owner lets this operator provision this device (TR 33.812 5.2.5.6.3.2), 16 bytes
 */
public record Mcim(
        Ueid device,
        Plmn operator,
        Nonce registration,
        long serial,
        Imsi imsi,
        String iccid,
        AkaKey key,
        SqnParameters sqn,
        String apn,
        Opaque ownerToken)
        implements AutoCloseable {
    /** CBOR, to be sealed. */
    public SecretBytes encode() {
        throw new UnsupportedOperationException();
    }

    /** @throws CborException naming the field */
    public static Mcim decode(SecretBytes cbor) throws CborException {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        key.close();
    }

    @Override
    public String toString() {
        return "Mcim[" + operator + " for " + device + ", serial " + serial + "]";
    }
}
