// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.envelope;

import java.util.regex.Pattern;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.SqnArray;
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
 * @param key algorithm, its constants, K and OPc
 * @param sqn how sequence numbers are kept, and from where they count
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
        SqnArray sqn,
        String apn,
        Opaque ownerToken)
        implements AutoCloseable {
    /** Bytes of an owner's token. */
    public static final int OWNER_TOKEN_LENGTH = 16;

    static final int APN_LENGTH_MAX = 63; // TS 23.003 9.1

    private static final Pattern ICCID = Pattern.compile("\\d{19,20}");

    public Mcim {
        if (serial < 0) {
            throw new IllegalArgumentException("MCIM serial: " + serial + " is negative");
        }
        if (!ICCID.matcher(iccid).matches()) {
            throw new IllegalArgumentException("ICCID: wants 19 or 20 digits, has " + iccid.length() + " characters");
        }
        if (apn.isEmpty() || apn.length() > APN_LENGTH_MAX) {
            throw new IllegalArgumentException("APN: wants 1 to 63 characters, has " + apn.length());
        }
        if (ownerToken.length() != OWNER_TOKEN_LENGTH) {
            throw new IllegalArgumentException("owner token: wants 16 bytes, has " + ownerToken.length());
        }
    }

    /** CBOR, to be sealed. */
    public SecretBytes encode() {
        return McimCodec.encode(this);
    }

    /** @throws CborException naming the field */
    public static Mcim decode(SecretBytes cbor) throws CborException {
        return McimCodec.decode(cbor);
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
