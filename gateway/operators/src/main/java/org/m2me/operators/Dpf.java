// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import java.util.Optional;
import org.m2me.protocol.aka.AkaAlgorithm;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;

/** Download and Provisioning Function (TR 33.812 5.2.5.4.3). */
public interface Dpf {
    /**
     * Step 11: the SHO lets a device be provisioned.
     *
     * @param token the SHO's signed {@code Authorization}, COSE_Sign1; serves once
     * @param envelope the MCIM sealed by the SHO, or empty: then the DPF makes it from the operator's stored rules
     */
    record Order(Nonce registration, Ueid device, @OfCaller Plmn operator, Opaque token, Optional<Opaque> envelope) {}

    /**
     * How to make MCIMs for an operator that lets the DPF do it.
     *
     * @param imsiFirst first IMSI of the range
     * @param imsiCount how many there are
     * @param opc the operator's OPc or TOPc
     * @param certificate DER, named as the operator, for the key below
     * @param signingKey PKCS#8 of the key that the operator gave the DPF to sign with
     */
    record Rules(
            @OfCaller Plmn operator,
            String imsiFirst,
            long imsiCount,
            AkaAlgorithm algorithm,
            SecretBytes opc,
            String apn,
            Opaque certificate,
            SecretBytes signingKey) {}

    /**
     * A new PCID for a device in the field.
     *
     * @param certificate DER, of the supplier, for the key that signed the envelope
     * @param envelope sealed as a MCIM is
     */
    record Credential(
            Nonce registration, Ueid device, @OfCaller String supplier, Opaque certificate, Opaque envelope) {}

    /** An operator stores its rules. */
    @AllowedTo("sho")
    void rules(Rules rules) throws Refused;

    /**
     * Step 11. Repeated with the same registration and token: no second effect.
     *
     * @throws Refused NOT_AUTHORIZED when the token is not this SHO's, not for this device, expired or served already;
     *     MCIM_TOO_LARGE
     */
    @AllowedTo("sho")
    void authorize(Order order) throws Refused;

    /**
     * Puts a new PCID into the device's mailbox for a while; its supplier is told what the device reports. Repeated with
     * the same registration: what came first is put there again, unless the device has reported.
     *
     * @throws Refused FORBIDDEN when the certificate is not this supplier's, or the registration another's;
     *     MCIM_TOO_LARGE
     */
    @AllowedTo("supplier")
    void deliver(Credential credential) throws Refused;
}
