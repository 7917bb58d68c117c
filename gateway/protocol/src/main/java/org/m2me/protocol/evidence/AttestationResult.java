// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.evidence;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.crypto.Signer;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;

/**
 * What the PVA found: an EAR (draft-ietf-rats-ear) in a COSE_Sign1 signed by the PVA. The status is the worst tier of
 * the vector, so a Trusted Environment in software ends at warning.
 *
 * @param verifier who validated, at most 64 characters
 * @param policyId which appraisal policy, at most 64 characters
 * @param referenceSet id and version of the reference values, at most 64 characters
 * @param components names of the components that were compared and found equal
 * @param nonce of the challenge that was answered; absent for a result that is not tied to one
 * @param bootCount as in the evidence, so that an older result can be told from a newer state
 * @param storeGeneration as in the evidence
 * @param agreementKey the attested key to which a MCIM for this device is sealed
 * @param credential SHA-256 thumbprint of the platform key
 */
public record AttestationResult(
        Ueid ueid,
        String verifier,
        Instant issued,
        Instant expires,
        TrustVector vector,
        String policyId,
        String referenceSet,
        List<String> components,
        Optional<Nonce> nonce,
        long bootCount,
        long storeGeneration,
        P256PublicKey agreementKey,
        Opaque credential) {
    /** The result, signed. */
    public byte[] sign(Signer pvaKey) {
        throw new UnsupportedOperationException();
    }

    /** @throws ForgedException if this is no result signed by this PVA */
    public static AttestationResult verify(byte[] coseSign1, P256PublicKey pvaKey) throws ForgedException {
        throw new UnsupportedOperationException();
    }

    /** 0 none, 2 affirming, 32 warning, 96 contraindicated. */
    public int status() {
        return vector.worstTier();
    }
}
