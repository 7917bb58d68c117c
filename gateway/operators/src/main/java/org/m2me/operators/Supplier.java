// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import java.util.List;
import java.util.Optional;
import org.m2me.protocol.evidence.MeasuredComponent;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;

/** M2M Equipment Supplier (TR 33.812 5.2.5.5.3). */
public interface Supplier {
    /** The three ways of 5.2.5.4.1 by which a PCID gets into a device and to the CCIF. */
    enum PcidWay {
        /** The CCIF makes it and sends it to the supplier to embed. */
        ISSUED_BY_CCIF,
        /** The supplier makes and embeds it, and sends it to the CCIF afterwards. */
        SENT_TO_CCIF,
        /** The supplier makes and embeds it; it reaches the CCIF by way of the subscriber. */
        SENT_BY_SUBSCRIBER
    }

    /**
     * A device on the production line: what its Trusted Environment made.
     *
     * @param platformKey SubjectPublicKeyInfo, likewise the next two
     * @param pcidNonce binds the sealed PCID to this manufacture
     */
    record Blank(
            Ueid device,
            String model,
            Opaque platformKey,
            Opaque transportKey,
            Opaque agreementKey,
            Nonce pcidNonce,
            PcidWay way) {}

    /**
     * What goes into the Trusted Environment, and to the buyer.
     *
     * @param platformCertificate PfC, DER
     * @param pcidEnvelope sealed to the agreement key
     * @param ownerToken 16 bytes, on a card in the box: whoever has it chooses the operator
     * @param depositForm with {@link PcidWay#SENT_BY_SUBSCRIBER}, the PCID sealed for the CCIF, for the subscriber to pass on
     */
    record Made(
            Ueid device,
            Pcid pcid,
            Opaque platformCertificate,
            Opaque transportCertificate,
            Opaque supplierCertificate,
            Opaque pcidEnvelope,
            Opaque ownerToken,
            Optional<Opaque> depositForm) {}

    /**
     * A device asks for a new PCID.
     *
     * @param registration nonce of its Trusted Environment, which the sealed PCID has to answer
     * @param pcid that it has now
     */
    record Renewal(Nonce registration, Ueid device, Pcid pcid) {}

    /** Certifies a blank, gives it a PCID, enrols it with the PVA. Repeated for the same device and keys: the same answer. */
    @AllowedTo("line")
    Made make(Blank blank) throws Refused;

    /** Publishes what devices of a model measure, to the PVA, as the next version of the model's set. */
    @AllowedTo("line")
    void release(String model, List<MeasuredComponent> components) throws Refused;

    /**
     * Revokes a device's platform credential. OCSP says so from now on, the PVA is told so that no earlier result about
     * the device stays valid, and its PCID returns to the pool. Repeated: no second effect.
     *
     * @throws Refused UNKNOWN_DEVICE
     */
    @AllowedTo("line")
    void revoke(Ueid device) throws Refused;

    /**
     * Withdraws reference values or a component that turned out to be bad, at the PVA.
     *
     * @param after absent to withdraw; present to hear of more devices, which withdraws nothing
     * @return as {@link Pva#withdraw}
     * @throws Refused MALFORMED; CREDENTIAL_INVALID when the PVA does not trust this supplier; NOT_FOUND when more is
     *     asked for of what was not withdrawn
     */
    @AllowedTo("line")
    Optional<List<Ueid>> withdraw(Pva.KnownBad what, Optional<Ueid> after) throws Refused;

    /**
     * Makes a new PCID for a device, by the way its old one was made, and hands it to the DPF, sealed. The old one stays
     * until the device has reported that it has the new one. Repeated: no second effect.
     *
     * @throws Refused UNKNOWN_DEVICE; CREDENTIAL_REVOKED; FORBIDDEN when the device has another PCID, or its end is not
     *     near; QUOTA
     */
    @AllowedTo("ccif")
    void renew(Renewal renewal) throws Refused;

    /**
     * What a device made of its new PCID. If it has it, the old one returns to the pool.
     *
     * @param report signed by the device's platform key
     * @throws Refused UNKNOWN_DEVICE; FORBIDDEN when the report is not by this device on this registration
     */
    @AllowedTo("dpf")
    void renewed(Nonce registration, Ueid device, Opaque report) throws Refused;

    /**
     * The PCID that a device has, and beside it the one that it may have already.
     *
     * @param ownerToken from the box of the device: that the caller owns it
     * @throws Refused UNKNOWN_DEVICE; FORBIDDEN when the token is another's; CREDENTIAL_REVOKED
     */
    @AllowedTo("subscriber")
    List<Pcid> pcids(Ueid device, Opaque ownerToken) throws Refused;

    /** Answers a DER OCSPRequest for the platform credentials it issued (RFC 6960). */
    @AllowedTo("pva")
    Opaque ocsp(Opaque request) throws Refused;

    /** What the subscriber passes on, way 3: opened here and deposited with the CCIF. @throws Refused FORBIDDEN */
    @AllowedTo("subscriber")
    void depositForm(Opaque form) throws Refused;
}
