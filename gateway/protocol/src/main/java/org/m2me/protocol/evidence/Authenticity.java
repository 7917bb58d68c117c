// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.evidence;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.cose.CoseSign1;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.crypto.Signer;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.pki.Ocsp;

/**
 * The PVA's word that platform credentials are a trusted supplier's, in their time and not revoked (TR 33.812
 * 5.1.3.8.4.2 step 4, "validates the authenticity"). It says nothing about integrity: that is an
 * {@link AttestationResult}.
 *
 * @param devices 1 to {@link #DEVICES_MAX}, each registration once
 * @param issued cut to whole seconds
 */
public record Authenticity(List<Vouched> devices, Instant issued) {
    /**
     * One word for all that came to one operator in a second, as many as one question by OCSP is about; 75 bytes each, so that
     * the word is below 8 kB.
     */
    public static final int DEVICES_MAX = Ocsp.CERTIFICATES_MAX;

    private static final String PURPOSE = "m2me authenticity";
    private static final long DEVICES = 1;
    private static final long ISSUED = 2;

    /**
     * One device whose credential is good.
     *
     * @param registration that it was asked for; it serves for this one only
     * @param credential SHA-256 thumbprint of the platform key
     */
    public record Vouched(Ueid device, Nonce registration, Opaque credential) {
        private static final long DEVICE = 1;
        private static final long REGISTRATION = 2;
        private static final long CREDENTIAL = 3;

        /** @throws IllegalArgumentException if a part is out of its range */
        public Vouched {
            Claims.checkDigest("credential", credential);
        }

        private CborMap encode() {
            return CborMap.builder()
                    .put(DEVICE, device.value().bytes())
                    .put(REGISTRATION, registration.bytes())
                    .put(CREDENTIAL, credential.bytes())
                    .build();
        }

        private static Vouched decode(CborMap claims) throws CborException {
            return new Vouched(
                    new Ueid(Opaque.of(claims.bytes(DEVICE, Ueid.LENGTH, Ueid.LENGTH))),
                    new Nonce(Opaque.of(claims.bytes(REGISTRATION, Nonce.LENGTH, Nonce.LENGTH))),
                    Claims.digest(claims, CREDENTIAL));
        }
    }

    /** @throws IllegalArgumentException if there is none, too many, or a registration twice */
    public Authenticity {
        devices = List.copyOf(devices);
        issued = issued.truncatedTo(ChronoUnit.SECONDS);
        long different = devices.stream().map(Vouched::registration).distinct().count();
        if (devices.isEmpty() || devices.size() > DEVICES_MAX || different != devices.size()) {
            throw new IllegalArgumentException(
                    "devices: " + devices.size() + " of " + different + " registrations, wants 1 to " + DEVICES_MAX);
        }
    }

    /** What it says of a device for a registration: the thumbprint of its platform key, if it vouches for it. */
    public Optional<Opaque> credential(Ueid device, Nonce registration) {
        return devices.stream()
                .filter(one ->
                        one.registration().equals(registration) && one.device().equals(device))
                .map(Vouched::credential)
                .findFirst();
    }

    public byte[] sign(Signer pvaKey) {
        byte[] claims = CborMap.builder()
                .putMaps(DEVICES, devices.stream().map(Vouched::encode).toList())
                .put(ISSUED, issued.getEpochSecond())
                .build()
                .encode();
        return CoseSign1.sign(claims, PURPOSE, pvaKey);
    }

    /** @throws ForgedException if this is not the word of this PVA */
    public static Authenticity verify(byte[] coseSign1, P256PublicKey pvaKey) throws ForgedException {
        byte[] payload = CoseSign1.parse(coseSign1).verify(pvaKey, PURPOSE);
        return Claims.read("authenticity", () -> decode(CborMap.decode(payload)));
    }

    static Authenticity decode(CborMap claims) throws CborException {
        List<Vouched> devices = new ArrayList<>();
        for (CborMap one : claims.maps(DEVICES, DEVICES_MAX)) {
            devices.add(Vouched.decode(one));
        }
        return new Authenticity(devices, Claims.instant(claims, ISSUED));
    }
}
