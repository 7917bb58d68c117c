// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.evidence;

/**
 * The trustworthiness vector of an attestation result (draft-ietf-rats-ar4si). Tiers: 0 no claim, 2..31 affirming,
 * 32..95 warning, 96..127 contraindicated.
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
    /** The tier of the worst entry: 0, 2, 32 or 96. A result may not claim a better status (draft-ietf-rats-ear). */
    public int worstTier() {
        throw new UnsupportedOperationException();
    }
}
