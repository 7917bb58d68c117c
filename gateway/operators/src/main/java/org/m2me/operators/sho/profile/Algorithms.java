// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho.profile;

import java.util.Arrays;
import org.m2me.protocol.aka.AkaAlgorithm;
import org.m2me.protocol.aka.AkaConstants;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.crypto.SecretBytes;

/**
 * Which algorithms are taken.
 *
 * @param forTests whether those that protect nothing are
 */
public record Algorithms(boolean forTests) {
    /** What a source says of a key, before it is known to fit together. The arrays are the source's, who wipes them. */
    @SuppressWarnings("ArrayRecordComponent") // lives for one call
    record Parts(AkaAlgorithm algorithm, byte[] k, byte[] opc, AkaConstants constants) {
        @Override
        public String toString() {
            return "Parts of " + algorithm;
        }

        void wipe() {
            Arrays.fill(k, (byte) 0);
            Arrays.fill(opc, (byte) 0);
        }
    }

    /** The algorithm, if it is taken. */
    AkaAlgorithm taken(AkaAlgorithm algorithm, String field, String name) throws ProfileRefused {
        if (algorithm.isForTests() && !forTests) {
            throw new ProfileRefused(
                    field,
                    name + ": the XOR test algorithm of TS 34.108 gives K to whoever hears one answer",
                    "have the profile made with Milenage or TUAK; for a laboratory, import with --test-algorithms");
        }
        return algorithm;
    }

    /** The key; the parts are wiped. */
    static AkaKey key(Parts parts) throws ProfileRefused {
        try {
            return new AkaKey(
                    parts.algorithm(),
                    SecretBytes.copyOf(parts.k()),
                    SecretBytes.copyOf(parts.opc()),
                    parts.constants());
        } catch (IllegalArgumentException misfit) {
            throw new ProfileRefused("key", String.valueOf(misfit.getMessage()), "have the subscription made again");
        } finally {
            parts.wipe();
        }
    }
}
