// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.evidence;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;

/**
 * The trustworthiness vector of an attestation result (draft-ietf-rats-ar4si). Tiers: 0 no claim, 2..31 affirming,
 * 32..95 warning, 96..127 contraindicated; the same below zero for values that no standard defines.
 */
public record TrustVector(
        int instanceIdentity,
        int configuration,
        int executables,
        int fileSystem,
        int hardware,
        int runtimeOpaque,
        int storageOpaque,
        int sourcedData) {
    public static final int NONE = 0;
    public static final int AFFIRMING = 2;
    public static final int WARNING = 32;
    public static final int CONTRAINDICATED = 96;

    /** @throws IllegalArgumentException if an entry is not in -128 to 127 */
    public TrustVector {
        int[] all = {
            instanceIdentity,
            configuration,
            executables,
            fileSystem,
            hardware,
            runtimeOpaque,
            storageOpaque,
            sourcedData
        };
        if (Arrays.stream(all).anyMatch(entry -> entry != (byte) entry)) {
            throw new IllegalArgumentException("trust vector: not in -128 to 127: " + Arrays.toString(all));
        }
    }

    /** The tier of the worst entry: 0, 2, 32 or 96. A result may not claim a better status (draft-ietf-rats-ear). */
    public int worstTier() {
        return entries().map(TrustVector::tier).max().orElse(NONE);
    }

    /** The tier of one entry. */
    public static int tier(int entry) {
        if (entry >= -1 && entry <= 1) {
            return NONE;
        }
        int distance = entry < 0 ? ~entry : entry; // below zero the tiers are -2 to -32, -33 to -96, -97 to -128
        if (distance < WARNING) {
            return AFFIRMING;
        }
        return distance < CONTRAINDICATED ? WARNING : CONTRAINDICATED;
    }

    /** Entries of which nothing is claimed are left out, as the standard has it. */
    CborMap encode() {
        CborMap.Builder map = CborMap.builder();
        int[] all = entries().toArray();
        for (int key = 0; key < all.length; key++) {
            if (all[key] != NONE) {
                map.put(key, all[key]);
            }
        }
        return map.build();
    }

    /** @throws IllegalArgumentException if an entry is not in -128 to 127 */
    static TrustVector decode(CborMap map) throws CborException {
        int[] all = new int[8];
        for (long key : map.keys()) {
            int place = Math.toIntExact(Math.min(Math.max(key, -1), all.length));
            if (place < 0 || place == all.length) {
                throw new CborException("trust vector: no entry " + key);
            }
            all[place] = Math.toIntExact(map.integer(key, Byte.MIN_VALUE, Byte.MAX_VALUE));
        }
        return new TrustVector(all[0], all[1], all[2], all[3], all[4], all[5], all[6], all[7]);
    }

    /** In the order of their keys, 0 to 7. */
    private IntStream entries() {
        return IntStream.of(
                instanceIdentity,
                configuration,
                executables,
                fileSystem,
                hardware,
                runtimeOpaque,
                storageOpaque,
                sourcedData);
    }
}
