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
 * 5.1.3.8.4.2 step 4, "validates the authenticity"). Of integrity, which an {@link AttestationResult} is about, it says
 * only which earlier results are void: whoever else keeps them need not be believed.
 *
 * @param devices 1 to {@link #DEVICES_MAX}, each registration once
 * @param issued cut to whole seconds
 */
public record Authenticity(List<Vouched> devices, Instant issued) {
    /**
     * One word for all that came to one operator in a second, as many as one question by OCSP is about; 80 bytes each at most, so that
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
     * @param voidUntil results that were issued until then are void, cut to whole seconds; absent if all stand
     */
    public record Vouched(Ueid device, Nonce registration, Opaque credential, Optional<Instant> voidUntil) {
        private static final long DEVICE = 1;
        private static final long REGISTRATION = 2;
        private static final long CREDENTIAL = 3;
        private static final long VOID_UNTIL = 4;

        /** @throws IllegalArgumentException if a part is out of its range */
        public Vouched {
            Claims.checkDigest("credential", credential);
            voidUntil = voidUntil.map(until -> until.truncatedTo(ChronoUnit.SECONDS));
        }

        /** Whether a result of this device that was issued then still stands. */
        public boolean standsBy(Instant resultIssued) {
            return voidUntil.isEmpty() || resultIssued.isAfter(voidUntil.get());
        }

        private CborMap encode() {
            CborMap.Builder claims = CborMap.builder()
                    .put(DEVICE, device.value().bytes())
                    .put(REGISTRATION, registration.bytes())
                    .put(CREDENTIAL, credential.bytes());
            voidUntil.ifPresent(until -> claims.put(VOID_UNTIL, until.getEpochSecond()));
            return claims.build();
        }

        private static Vouched decode(CborMap claims) throws CborException {
            return new Vouched(
                    new Ueid(Opaque.of(claims.bytes(DEVICE, Ueid.LENGTH, Ueid.LENGTH))),
                    new Nonce(Opaque.of(claims.bytes(REGISTRATION, Nonce.LENGTH, Nonce.LENGTH))),
                    Claims.digest(claims, CREDENTIAL),
                    claims.has(VOID_UNTIL) ? Optional.of(Claims.instant(claims, VOID_UNTIL)) : Optional.empty());
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

    /** What it says of a device for a registration, if it vouches for it. */
    public Optional<Vouched> about(Ueid device, Nonce registration) {
        return devices.stream()
                .filter(one ->
                        one.registration().equals(registration) && one.device().equals(device))
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
