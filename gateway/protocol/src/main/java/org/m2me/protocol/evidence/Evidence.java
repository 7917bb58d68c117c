// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.evidence;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.cbor.CborValue;
import org.m2me.protocol.cose.CoseSign1;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.crypto.Signer;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;

/**
 * What a device says of itself: an EAT (RFC 9711) in a COSE_Sign1 signed by its platform key, private profile
 * {@code m2m-ev1}. Claims that are not of the profile are signed but not read.
 *
 * @param nonce the verifier's challenge, claim 10
 * @param hardwareModel claim 259, at most 32 bytes
 * @param bootCount claim 267: starts of the Trusted Environment since manufacture
 * @param storeGeneration first part of the private claim -70001: writes of the sealed store since manufacture
 * @param components claim 273, 1 to 16, each name once
 * @param logDigest second part of it: SHA-256 over the measurement log, 32 bytes
 * @param agreementKey claim 8 (cnf): the key to which a MCIM is sealed
 */
public record Evidence(
        Ueid ueid,
        Nonce nonce,
        String hardwareModel,
        long bootCount,
        long storeGeneration,
        List<MeasuredComponent> components,
        Opaque logDigest,
        P256PublicKey agreementKey) {
    /** CoAP content format of a measured component in CBOR. */
    private static final long MEASURED_COMPONENT_CBOR = 295;

    /** Bytes of one measured component: two texts, a digest and what holds them together. */
    private static final int COMPONENT_SIZE_MAX = 2 * Claims.SHORT_TEXT_MAX + 64;

    /** @throws IllegalArgumentException if a claim is out of its range */
    public Evidence {
        components = List.copyOf(components);
        Claims.checkText("hardware model", hardwareModel, Claims.SHORT_TEXT_MAX);
        Claims.checkComponents(components.stream().map(MeasuredComponent::name).toList());
        Claims.checkDigest("log digest", logDigest);
        if (bootCount < 0 || storeGeneration < 0) {
            throw new IllegalArgumentException("boot count " + bootCount + ", store generation " + storeGeneration);
        }
    }

    /** The evidence, signed. */
    public byte[] sign(Signer platformKey) {
        List<CborValue> measurements = new ArrayList<>();
        for (MeasuredComponent component : components) {
            measurements.add(CborValue.array(
                    CborValue.of(MEASURED_COMPONENT_CBOR),
                    CborValue.of(component.encode().encode())));
        }
        // One private claim for both: each label of that range has five bytes.
        CborValue treState = CborValue.array(CborValue.of(storeGeneration), CborValue.of(logDigest.bytes()));
        byte[] payload = CborMap.builder()
                .put(Claims.CONFIRMATION, Claims.confirmation(agreementKey))
                .put(Claims.NONCE, nonce.bytes())
                .put(Claims.UEID, ueid.value().bytes())
                .put(Claims.HARDWARE_MODEL, hardwareModel.getBytes(StandardCharsets.UTF_8))
                .put(Claims.PROFILE, Claims.EVIDENCE_PROFILE)
                .put(Claims.BOOT_COUNT, bootCount)
                .put(Claims.MEASUREMENTS, CborValue.array(measurements))
                .put(Claims.TRE_STATE, treState)
                .build()
                .encode();
        return CoseSign1.sign(payload, CoseSign1.NO_PURPOSE, platformKey);
    }

    /** Reads without verifying who signed, to look up the device. @throws ForgedException if this is no evidence */
    public static Evidence unverified(byte[] coseSign1) throws ForgedException {
        byte[] payload = CoseSign1.parse(coseSign1).unverifiedPayload();
        return Claims.read("evidence", () -> decode(CborMap.decode(payload)));
    }

    /** @throws ForgedException if this is no evidence signed by this platform key */
    public static Evidence verify(byte[] coseSign1, P256PublicKey platformKey) throws ForgedException {
        byte[] payload = CoseSign1.parse(coseSign1).verify(platformKey, CoseSign1.NO_PURPOSE);
        return Claims.read("evidence", () -> decode(CborMap.decode(payload)));
    }

    static Evidence decode(CborMap claims) throws CborException {
        Claims.checkProfile(claims, Claims.EVIDENCE_PROFILE);
        List<CborValue> treState = claims.value(Claims.TRE_STATE).array(2, 2);
        return new Evidence(
                Claims.ueid(claims),
                Claims.nonce(claims),
                utf8(claims.bytes(Claims.HARDWARE_MODEL, 1, Claims.SHORT_TEXT_MAX)),
                Claims.count(claims, Claims.BOOT_COUNT),
                treState.get(0).integer(0, Long.MAX_VALUE),
                components(claims.array(Claims.MEASUREMENTS, Claims.COMPONENTS_MAX)),
                Opaque.of(treState.get(1).bytes(Claims.SHA_256_LENGTH, Claims.SHA_256_LENGTH)),
                Claims.confirmationKey(claims));
    }

    private static List<MeasuredComponent> components(List<CborValue> measurements) throws CborException {
        List<MeasuredComponent> components = new ArrayList<>();
        for (CborValue measurement : measurements) {
            List<CborValue> parts = measurement.array(2, 2);
            long format = parts.get(0).integer();
            if (format != MEASURED_COMPONENT_CBOR) {
                throw new CborException("measurement: content format " + format + " is no measured component");
            }
            components.add(MeasuredComponent.decode(CborMap.decode(parts.get(1).bytes(1, COMPONENT_SIZE_MAX))));
        }
        return components;
    }

    private static String utf8(byte[] bytes) throws CborException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException malformed) {
            throw new CborException("hardware model: not UTF-8");
        }
    }
}
