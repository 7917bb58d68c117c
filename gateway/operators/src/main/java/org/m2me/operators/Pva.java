// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;

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
     * @throws Refused CREDENTIAL_INVALID; FORBIDDEN when the device is another supplier's
     */
    @AllowedTo("supplier")
    void enrol(Ueid device, Opaque platformCertificate) throws Refused;

    /** A supplier publishes reference values, COSE_Sign1; replaces the set of the same id. @throws Refused CREDENTIAL_INVALID */
    @AllowedTo("supplier")
    void references(@OfCaller String supplier, Opaque signed) throws Refused;

    /** Step 8, by the SHO. Repeated with the same registration: no second effect. @throws Refused UNKNOWN_DEVICE */
    @AllowedTo("sho")
    void validate(Request request) throws Refused;

    /**
     * Steps 3 and 4 of a change: is the device's platform credential a trusted supplier's, in its time and not revoked?
     * Answered at once, without the device.
     *
     * @return a signed {@code Authenticity} for this registration
     * @throws Refused UNKNOWN_DEVICE, CREDENTIAL_EXPIRED, CREDENTIAL_REVOKED, CREDENTIAL_INVALID, UNAVAILABLE
     */
    @AllowedTo("sho")
    Opaque authenticate(Request request) throws Refused;
}
