// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.evidence;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.cbor.CborValue;
import org.m2me.protocol.crypto.Hashes;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.DeviceState;

/**
 * A part of the firmware that was measured: one file, or several under one name whose digest is taken over all of them.
 *
 * @param name at most 32 bytes: {@code runtime}, {@code agent}, {@code config}
 * @param version at most 32 bytes, may be empty
 * @param sha256 32 bytes
 */
public record MeasuredComponent(String name, String version, Opaque sha256) {
    // draft-ietf-rats-eat-measured-component-12.
    private static final long ID = 1;
    private static final long DIGESTED_MEASUREMENT = 2;

    /** @throws IllegalArgumentException if a part is too long or empty */
    public MeasuredComponent {
        Claims.checkText("component name", name, Claims.SHORT_TEXT_MAX);
        if (version.getBytes(StandardCharsets.UTF_8).length > Claims.SHORT_TEXT_MAX) {
            throw new IllegalArgumentException(
                    "component " + name + ": version of " + version.length() + " characters");
        }
        Claims.checkDigest("component " + name, sha256);
    }

    /**
     * What tells this state of a device from another: the first 16 bytes of SHA-256 over its components, each encoded, in
     * the order of their names.
     */
    public static Opaque firmware(Collection<MeasuredComponent> components) {
        MessageDigest digest = Hashes.sha256();
        components.stream()
                .sorted(Comparator.comparing(MeasuredComponent::name))
                .forEach(component -> digest.update(component.encode().encode()));
        return Opaque.of(Arrays.copyOf(digest.digest(), DeviceState.FIRMWARE_LENGTH));
    }

    CborMap encode() {
        CborValue id = version.isEmpty()
                ? CborValue.array(CborValue.of(name))
                : CborValue.array(CborValue.of(name), CborValue.array(CborValue.of(version)));
        return CborMap.builder()
                .put(ID, id)
                .put(DIGESTED_MEASUREMENT, encodeDigest(sha256))
                .build();
    }

    /** @throws IllegalArgumentException if a part is out of its range */
    static MeasuredComponent decode(CborMap component) throws CborException {
        List<CborValue> id = component.value(ID).array(1, 2);
        String version = id.size() == 1 ? "" : id.get(1).array(1, 2).get(0).text(Claims.SHORT_TEXT_MAX);
        return new MeasuredComponent(
                id.get(0).text(Claims.SHORT_TEXT_MAX), version, decodeDigest(component.value(DIGESTED_MEASUREMENT)));
    }

    /** Algorithm and value, as the measured component and CoRIM both have it. */
    static CborValue encodeDigest(Opaque sha256) {
        return CborValue.array(CborValue.of(Claims.SHA_256), CborValue.of(sha256.bytes()));
    }

    static Opaque decodeDigest(CborValue digest) throws CborException {
        List<CborValue> parts = digest.array(2, 2);
        long algorithm = parts.get(0).integer();
        if (algorithm != Claims.SHA_256) {
            throw new CborException("digest: algorithm " + algorithm + " is not SHA-256");
        }
        return Opaque.of(parts.get(1).bytes(Claims.SHA_256_LENGTH, Claims.SHA_256_LENGTH));
    }
}
