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
import org.m2me.protocol.cbor.CborValue;
import org.m2me.protocol.cose.CoseSign1;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.crypto.Signer;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceState;

/**
 * What the PVA found: an EAR (draft-ietf-rats-ear) in a COSE_Sign1 signed by the PVA. The status is the worst tier of
 * the vector, so a Trusted Environment in software ends at warning.
 *
 * @param verifier who validated, at most 64 bytes
 * @param issued cut to whole seconds
 * @param expires cut to whole seconds; whoever relies on the result compares it with the time
 * @param policyId which appraisal policy, at most 64 bytes
 * @param referenceSet id and version of the reference values, at most 64 bytes
 * @param components names of the components that were compared and found equal
 * @param nonce of the challenge that was answered; absent for a result that is not tied to one
 * @param bootCount as in the evidence, so that an older result can be told from a newer state
 * @param storeGeneration as in the evidence
 * @param firmware {@link MeasuredComponent#firmware} of what was measured, 16 bytes: whoever relies on the result compares
 *     it with what the device says of its state
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
        Opaque firmware,
        P256PublicKey agreementKey,
        Opaque credential) {
    /** The one submodule that is appraised. */
    private static final String SUBMODULE = "tre";

    // Who wrote the verifier, and which revision of its appraisal this is: both are mandatory in an EAR.
    private static final long DEVELOPER = 0;
    private static final long BUILD = 1;
    private static final CborMap VERIFIER_ID =
            CborMap.builder().put(DEVELOPER, "org.m2me").put(BUILD, "pva/1").build();

    /** @throws IllegalArgumentException if a part is out of its range */
    public AttestationResult {
        issued = issued.truncatedTo(ChronoUnit.SECONDS);
        expires = expires.truncatedTo(ChronoUnit.SECONDS);
        components = List.copyOf(components);
        Claims.checkText("verifier", verifier, Claims.LONG_TEXT_MAX);
        Claims.checkText("policy", policyId, Claims.LONG_TEXT_MAX);
        Claims.checkText("reference set", referenceSet, Claims.LONG_TEXT_MAX);
        Claims.checkComponents(components);
        Claims.checkDigest("credential", credential);
        if (bootCount < 0 || storeGeneration < 0 || firmware.length() != DeviceState.FIRMWARE_LENGTH) {
            throw new IllegalArgumentException("boot count " + bootCount + ", store generation " + storeGeneration
                    + ", firmware of " + firmware.length() + " bytes");
        }
    }

    /** The result, signed. */
    public byte[] sign(Signer pvaKey) {
        CborMap submodules =
                CborMap.builder().put(SUBMODULE, CborValue.of(appraisal())).build();
        CborMap.Builder claims = CborMap.builder()
                .put(Claims.ISSUER, verifier)
                .put(Claims.ISSUED, issued.getEpochSecond())
                .put(Claims.EXPIRES, expires.getEpochSecond())
                .put(Claims.UEID, ueid.value().bytes())
                .put(Claims.PROFILE, Claims.EAR_PROFILE)
                .put(Claims.SUBMODULES, submodules)
                .put(Claims.EAR_VERIFIER_ID, VERIFIER_ID);
        nonce.ifPresent(answered -> claims.put(Claims.NONCE, answered.bytes()));
        return CoseSign1.sign(claims.build().encode(), CoseSign1.NO_PURPOSE, pvaKey);
    }

    /** @throws ForgedException if this is no result signed by this PVA */
    public static AttestationResult verify(byte[] coseSign1, P256PublicKey pvaKey) throws ForgedException {
        byte[] payload = CoseSign1.parse(coseSign1).verify(pvaKey, CoseSign1.NO_PURPOSE);
        return Claims.read("attestation result", () -> decode(CborMap.decode(payload)));
    }

    /** 0 none, 2 affirming, 32 warning, 96 contraindicated. */
    public int status() {
        return vector.worstTier();
    }

    private CborMap appraisal() {
        return CborMap.builder()
                .put(Claims.CONFIRMATION, Claims.confirmation(agreementKey))
                .put(Claims.BOOT_COUNT, bootCount)
                .put(Claims.EAR_STATUS, status())
                .put(Claims.EAR_VECTOR, vector.encode())
                .put(Claims.EAR_POLICY_IDS, CborValue.array(CborValue.of(policyId)))
                .put(Claims.STORE_GENERATION, storeGeneration)
                .put(Claims.REFERENCE_SET, referenceSet)
                .put(
                        Claims.COMPONENTS,
                        CborValue.array(components.stream().map(CborValue::of).toList()))
                .put(Claims.CREDENTIAL, credential.bytes())
                .put(Claims.FIRMWARE, firmware.bytes())
                .build();
    }

    static AttestationResult decode(CborMap claims) throws CborException {
        Claims.checkProfile(claims, Claims.EAR_PROFILE);
        CborMap appraisal = claims.map(Claims.SUBMODULES).map(SUBMODULE);
        List<String> components = new ArrayList<>();
        for (CborValue name : appraisal.array(Claims.COMPONENTS, Claims.COMPONENTS_MAX)) {
            components.add(name.text(Claims.SHORT_TEXT_MAX));
        }
        AttestationResult result = new AttestationResult(
                Claims.ueid(claims),
                claims.text(Claims.ISSUER, Claims.LONG_TEXT_MAX),
                Claims.instant(claims, Claims.ISSUED),
                Claims.instant(claims, Claims.EXPIRES),
                TrustVector.decode(appraisal.map(Claims.EAR_VECTOR)),
                appraisal.value(Claims.EAR_POLICY_IDS).array(1, 1).get(0).text(Claims.LONG_TEXT_MAX),
                appraisal.text(Claims.REFERENCE_SET, Claims.LONG_TEXT_MAX),
                components,
                claims.has(Claims.NONCE) ? Optional.of(Claims.nonce(claims)) : Optional.empty(),
                Claims.count(appraisal, Claims.BOOT_COUNT),
                Claims.count(appraisal, Claims.STORE_GENERATION),
                Opaque.of(appraisal.bytes(Claims.FIRMWARE, DeviceState.FIRMWARE_LENGTH, DeviceState.FIRMWARE_LENGTH)),
                Claims.confirmationKey(appraisal),
                Claims.digest(appraisal, Claims.CREDENTIAL));
        long status = appraisal.integer(Claims.EAR_STATUS);
        if (status != result.status()) {
            throw new CborException("status " + status + ", but the vector says " + result.status());
        }
        return result;
    }
}
