// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.envelope;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
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
 * @param expires with a PCID, the end of its lifetime in whole seconds; a MCIM has none
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
        Opaque ownerToken,
        Optional<Instant> expires)
        implements AutoCloseable {
    /** Bytes of an owner's token. */
    public static final int OWNER_TOKEN_LENGTH = 16;

    static final Instant EXPIRES_MAX = Instant.parse("9999-12-31T23:59:59Z"); // as in telemetry

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
        if (expires.filter(end -> end.getNano() != 0 || end.getEpochSecond() < 0 || end.isAfter(EXPIRES_MAX))
                .isPresent()) {
            throw new IllegalArgumentException(
                    "end of lifetime: " + expires.get() + " is not in whole seconds to 9999");
        }
        if (ownerToken.length() != OWNER_TOKEN_LENGTH) {
            throw new IllegalArgumentException("owner token: wants 16 bytes, has " + ownerToken.length());
        }
    }

    /** One without an end of its lifetime. */
    public Mcim(
            Ueid device,
            Plmn operator,
            Nonce registration,
            long serial,
            Imsi imsi,
            String iccid,
            AkaKey key,
            SqnArray sqn,
            String apn,
            Opaque ownerToken) {
        this(device, operator, registration, serial, imsi, iccid, key, sqn, apn, ownerToken, Optional.empty());
    }

    /** This one, with the end of its lifetime. */
    public Mcim expiring(Instant end) {
        Optional<Instant> whole = Optional.of(end.truncatedTo(ChronoUnit.SECONDS));
        return new Mcim(device, operator, registration, serial, imsi, iccid, key, sqn, apn, ownerToken, whole);
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
