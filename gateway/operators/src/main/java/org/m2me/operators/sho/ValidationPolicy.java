// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import java.util.Optional;
import java.util.Set;
import org.m2me.protocol.evidence.AttestationResult;
import org.m2me.protocol.evidence.TrustVector;

/**
 * What an operator asks of a validation result before a device may have its MCIM. Nothing is accepted that is not written
 * here: a result's status alone decides nothing.
 *
 * @param id the appraisal policy that the PVA is asked to apply
 * @param softTreAccepted whether secrets may be kept without hardware: then, and only then, storage-opaque may be 32
 *     ("encrypts all persistently stored secrets, but without using hardware backed keys", draft-ietf-rats-ar4si), which
 *     makes the whole result a warning
 * @param requiredComponents that must have been compared with reference values and found equal
 */
public record ValidationPolicy(String id, boolean softTreAccepted, Set<String> requiredComponents) {
    private static final int NO_CLAIM = 0;
    private static final int AFFIRMING_MIN = 2;
    private static final int AFFIRMING_MAX = 31;
    private static final int STORED_WITHOUT_HARDWARE = 32;

    public ValidationPolicy {
        requiredComponents = Set.copyOf(requiredComponents);
    }

    /** What the result lacks, in words; empty when it satisfies this policy. */
    public Optional<String> objection(AttestationResult result) {
        TrustVector vector = result.vector();
        if (!result.policyId().equals(id)) {
            return Optional.of("appraised by policy " + result.policyId() + ", not " + id);
        }
        if (!isAffirming(vector.instanceIdentity()) || !isAffirming(vector.executables())) {
            return Optional.of("identity or executables are not affirmed: " + vector);
        }
        if (!isSilentOrAffirming(vector.configuration())
                || !isSilentOrAffirming(vector.fileSystem())
                || !isSilentOrAffirming(vector.hardware())
                || !isSilentOrAffirming(vector.runtimeOpaque())
                || !isSilentOrAffirming(vector.sourcedData())) {
            return Optional.of("a warning that is not accepted: " + vector);
        }
        if (!isStorageAccepted(vector.storageOpaque())) {
            return Optional.of("storage is not protected as asked: " + vector);
        }
        if (!result.components().containsAll(requiredComponents)) {
            return Optional.of("of " + requiredComponents + " only " + result.components() + " were compared");
        }
        return Optional.empty();
    }

    /** Storage must be spoken for: a silent result is no better than a warning. */
    private boolean isStorageAccepted(int storageOpaque) {
        return isAffirming(storageOpaque) || (softTreAccepted && storageOpaque == STORED_WITHOUT_HARDWARE);
    }

    private static boolean isAffirming(int claim) {
        return claim >= AFFIRMING_MIN && claim <= AFFIRMING_MAX;
    }

    private static boolean isSilentOrAffirming(int claim) {
        return claim == NO_CLAIM || isAffirming(claim);
    }
}
