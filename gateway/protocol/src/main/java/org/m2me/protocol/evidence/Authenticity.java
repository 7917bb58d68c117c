// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.evidence;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.cose.CoseSign1;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.crypto.Signer;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;

/**
 * The PVA's word that a platform credential is a trusted supplier's, in its time and not revoked (TR 33.812 5.1.3.8.4.2
 * step 4, "validates the authenticity"). It says nothing about integrity: that is an {@link AttestationResult}.
 *
 * @param registration that it was asked for; it serves for this one only
 * @param credential SHA-256 thumbprint of the platform key
 * @param issued cut to whole seconds
 */
public record Authenticity(Ueid device, Nonce registration, Opaque credential, Instant issued) {
    private static final String PURPOSE = "m2me authenticity";
    private static final long DEVICE = 1;
    private static final long REGISTRATION = 2;
    private static final long CREDENTIAL = 3;
    private static final long ISSUED = 4;

    /** @throws IllegalArgumentException if a part is out of its range */
    public Authenticity {
        issued = issued.truncatedTo(ChronoUnit.SECONDS);
        Claims.checkDigest("credential", credential);
    }

    public byte[] sign(Signer pvaKey) {
        byte[] claims = CborMap.builder()
                .put(DEVICE, device.value().bytes())
                .put(REGISTRATION, registration.bytes())
                .put(CREDENTIAL, credential.bytes())
                .put(ISSUED, issued.getEpochSecond())
                .build()
                .encode();
        return CoseSign1.sign(claims, PURPOSE, pvaKey);
    }

    /** @throws ForgedException if this is not the word of this PVA */
    public static Authenticity verify(byte[] coseSign1, P256PublicKey pvaKey) throws ForgedException {
        byte[] payload = CoseSign1.parse(coseSign1).verify(pvaKey, PURPOSE);
        return Claims.read("authenticity", () -> {
            CborMap claims = CborMap.decode(payload);
            return new Authenticity(
                    new Ueid(Opaque.of(claims.bytes(DEVICE, Ueid.LENGTH, Ueid.LENGTH))),
                    new Nonce(Opaque.of(claims.bytes(REGISTRATION, Nonce.LENGTH, Nonce.LENGTH))),
                    Claims.digest(claims, CREDENTIAL),
                    Claims.instant(claims, ISSUED));
        });
    }
}
