// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.m2me.protocol.evidence.Authenticity;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

/** Platform Validation Authority (TR 33.812 5.1.3.6.8). */
public interface Pva {
    /**
     * Step 8.
     *
     * @param registration names the validation: one for each
     * @param operator who asks and is told the result
     * @param policyId which appraisal policy, at most 64 characters
     */
    record Request(
            Nonce registration, Ueid device, @OfCaller Plmn operator, String policyId) {}

    /**
     * A supplier enrols a device's platform credential, DER, in advance.
     *
     * @param ownerProof {@code OwnerSecret.proofOf} the token in the device's box: by it the IVF knows the owner
     * @throws Refused CREDENTIAL_INVALID; FORBIDDEN when the device is another supplier's
     */
    @AllowedTo("supplier")
    void enrol(Ueid device, Opaque platformCertificate, Opaque ownerProof) throws Refused;

    /** A supplier publishes reference values, COSE_Sign1; replaces the set of the same id. @throws Refused CREDENTIAL_INVALID */
    @AllowedTo("supplier")
    void references(@OfCaller String supplier, Opaque signed) throws Refused;

    /**
     * What a supplier does not vouch for any longer: exactly one of these is present.
     *
     * @param referenceSet id and version, {@code ID:VERSION}; without a version every set of that id
     * @param digest SHA-256 of a component that is known to be bad
     */
    record KnownBad(Optional<String> referenceSet, Optional<Opaque> digest, Optional<Ivf.NamedVersion> component) {}

    /**
     * A supplier withdraws, for its own devices. From then on none of them passes with it, and no result that rests on it
     * is valid. Repeated: the same answer.
     *
     * @param after absent to withdraw; present to hear of more devices, which withdraws nothing
     * @return the devices whose kept results are void by this, in their order, at most {@link Ivf#WITHDRAWN_MAX}; absent
     *     when the IVF does not answer: it is told as soon as it does
     * @throws Refused MALFORMED; CREDENTIAL_INVALID; NOT_FOUND when more is asked for of what was not withdrawn
     */
    @AllowedTo("supplier")
    Optional<List<Ueid>> withdraw(@OfCaller String supplier, KnownBad what, Optional<Ueid> after) throws Refused;

    /**
     * A supplier has revoked a device's platform credential: from now on no result that rests on it is valid. Repeated: no
     * second effect.
     *
     * @throws Refused FORBIDDEN when the device is another supplier's
     */
    @AllowedTo("supplier")
    void revoked(@OfCaller String supplier, Ueid device) throws Refused;

    /** Step 8, by the SHO. Repeated with the same registration: no second effect. @throws Refused UNKNOWN_DEVICE */
    @AllowedTo("sho")
    void validate(Request request) throws Refused;

    /** Devices in one question of {@link #authenticate}: as many as one word is about, and one question by OCSP. */
    int APPLICANTS_MAX = Authenticity.DEVICES_MAX;

    /** Whose authenticity is asked for. @param registration names the question: one for each */
    record Applicant(Nonce registration, Ueid device) {}

    /**
     * What was found of each: it is in the word, or has a refusal.
     *
     * @param word signed {@code Authenticity}; absent when it would be about nobody
     */
    record Authentications(Optional<Opaque> word, List<Refusal> refusals) {}

    /** @param code UNKNOWN_DEVICE, CREDENTIAL_EXPIRED, CREDENTIAL_REVOKED, CREDENTIAL_INVALID, UNAVAILABLE, NONCE_USED */
    record Refusal(Nonce registration, ResultCode code) {}

    /**
     * Steps 3 and 4 of a change, for all that are due at an operator: is the platform credential of each a trusted
     * supplier's, in its time and not revoked? Answered at once, without the devices. Repeated: no second effect.
     *
     * @param applicants 1 to {@link #APPLICANTS_MAX}, each registration once
     * @throws Refused MALFORMED, TOO_LARGE
     */
    @AllowedTo("sho")
    Authentications authenticate(@OfCaller Plmn operator, List<Applicant> applicants) throws Refused;

    /**
     * What the PVA was asked since it was made.
     *
     * @param validations of integrity that came to a finding, passed or not
     * @param authentications that came to a finding
     * @param validationCpu that the findings took of the processor
     * @param authenticationCpu likewise
     */
    record Counters(
            long validations,
            long validationsRefused,
            long authentications,
            long authenticationsRefused,
            Duration validationCpu,
            Duration authenticationCpu) {
        /** What came after an earlier look. */
        public Counters since(Counters earlier) {
            return new Counters(
                    validations - earlier.validations,
                    validationsRefused - earlier.validationsRefused,
                    authentications - earlier.authentications,
                    authenticationsRefused - earlier.authenticationsRefused,
                    validationCpu.minus(earlier.validationCpu),
                    authenticationCpu.minus(earlier.authenticationCpu));
        }
    }

    /** What a mass change of operator is measured by. */
    @AllowedTo("console")
    Counters counters();
}
