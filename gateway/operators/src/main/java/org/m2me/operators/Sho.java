// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceState;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;

/** Selected Home Operator (TR 33.812 5.2.5.5.6). Its authentication centre serves its operational network. */
public interface Sho extends AuthenticationCentre {
    /**
     * The M2ME's parameters, as its subscriber hands them over (5.2.5.5.2).
     *
     * @param subscriber who pays
     * @param ownerToken 16 bytes that let this operator provision the device
     */
    record Contract(Ueid device, @OfCaller String subscriber, Opaque ownerToken) {}

    /**
     * A device that registers (step 7).
     *
     * @param pcid absent on non-3GPP access, and when a subscription gives access
     * @param procedure that the device goes through
     * @param state how the device says it is, in a change
     */
    record Registration(
            Nonce nonce, Ueid device, Optional<Pcid> pcid, Procedure procedure, Optional<DeviceState> state) {
        /** Of initial provisioning. */
        public static Registration initial(Nonce nonce, Ueid device, Optional<Pcid> pcid) {
            return new Registration(nonce, device, pcid, Procedure.INITIAL, Optional.empty());
        }
    }

    /**
     * What became of a validation (step 10).
     *
     * @param result EAR in COSE_Sign1, present when the code is OK
     */
    record Validation(Nonce registration, Ueid device, ResultCode code, Optional<Opaque> result) {}

    /**
     * What became of a provisioning (step 14).
     *
     * @param report the device's own, COSE_Sign1 by its platform key
     */
    record Outcome(Nonce registration, Ueid device, ResultCode code, Opaque report) {}

    /** Credentials that the DPF made from this operator's stored rules, before the device can have them. */
    record Generated(Nonce registration, Ueid device, Imsi imsi, String iccid, AkaKey key) {}

    /** How far a registration has come. */
    enum Progress {
        /** The PVA was asked. */
        VALIDATING,
        /** The DPF may provision: a subscription is bound to this registration. */
        AUTHORIZED,
        /** The device has its MCIM, and the subscription is live. */
        PROVISIONED,
        /** Ended without a MCIM by the operator, or because a peer refused. */
        REFUSED,
        /** The device could not install the MCIM. */
        FAILED,
        /** The device registered anew. */
        REPLACED,
        /** The device has discarded its subscription, or its owner has ended the contract: it left. */
        RELEASED
    }

    /**
     * How a registration of a device stands.
     *
     * @param at when the device registered
     * @param code why it ended without a MCIM, else OK
     * @param imsi the subscription that it holds
     * @param left whether the operator before has acknowledged that the device left it
     */
    record Standing(
            Nonce registration, Instant at, Progress progress, ResultCode code, Optional<Imsi> imsi, boolean left) {}

    /**
     * A device that was refused for good: its registrations are refused with the same code, without asking the PVA, until
     * the operator's staff lifts this.
     *
     * @param code why its validation failed
     * @param since when
     */
    record Hold(Ueid device, ResultCode code, Instant since) {}

    /** Why the PVA had to validate a device in a change although the IVF was, or could have been, asked. */
    enum FallBack {
        /** The device said nothing of its state. */
        STATE_NOT_TOLD,
        /** The PVA's word on the device's authenticity does not verify, or is of another registration. */
        AUTHENTICITY,
        /** The IVF did not answer in time, or could not. */
        UNREACHABLE,
        /** What the IVF called valid is not signed by the PVA, or is about another device. */
        FORGED,
        /** What the IVF called valid has expired, or is older than a result that was relied on before. */
        STALE,
        /** What the IVF called valid is void, says the PVA. */
        WITHDRAWN,
        /** What the IVF called valid is of another platform credential. */
        OTHER_CREDENTIAL,
        /** What the IVF called valid does not satisfy this operator's policy. */
        POLICY,
        /** The device's store generation is lower than in the result, or too far ahead of it; or its firmware is another. */
        OTHER_STATE
    }

    /**
     * What validations cost this operator so far.
     *
     * @param validations that the PVA was asked for
     * @param answers of the IVF, by {@code Ivf.Standing}
     * @param fallBacks to the PVA, by {@link FallBack}, or by the IVF's answer if that was the reason
     */
    record ValidationCounts(long validations, List<Count> answers, List<Count> fallBacks) {}

    /** A subscriber's contract. The same again changes nothing. */
    @AllowedTo("subscriber")
    void contract(Contract contract) throws Refused;

    /** Step 7, by the DRF. Repeated with the same nonce: no second effect. @throws Refused NO_CONTRACT, NONCE_USED, or the code of its {@link Hold} */
    @AllowedTo("drf")
    void register(Registration registration) throws Refused;

    /** Step 10, by the PVA. Repeated: no second effect. */
    @AllowedTo("pva")
    void validated(Validation validation) throws Refused;

    /** By the DPF, see {@link Generated}. Repeated with the same nonce: no second effect. */
    @AllowedTo("dpf")
    void generated(Generated credentials) throws Refused;

    /** Step 14, by the DPF. Repeated: no second effect. */
    @AllowedTo("dpf")
    void provisioned(Outcome outcome) throws Refused;

    /**
     * Step 9 of a change, to the old operator: the device has no key of its subscription any more. The subscription is
     * released and the contract over. Repeated: the same answer.
     *
     * @param release a signed {@code Release}
     * @return a signed {@code ReleaseAcknowledgement}
     * @throws Refused NOT_FOUND for a registration that is not here; FORBIDDEN if the device did not sign it
     */
    @AllowedTo("drf")
    Opaque released(Ueid device, Opaque release) throws Refused;

    /** Step 11 of a change, to the new operator: the old one has acknowledged. Whoever that is. */
    @AllowedTo("dpf")
    void oldOperatorReleased(Nonce registration, Ueid device) throws Refused;

    /**
     * The subscriber's device has left for another operator: the contract is over and the subscription released, if the
     * device's own word of it has not come. Repeated, or without a contract: no effect.
     */
    @AllowedTo("subscriber")
    void cancel(Ueid device, @OfCaller String subscriber) throws Refused;

    /**
     * The subscriber is about to order its device to switch to this operator's subscription, which it has on board beside
     * another: the operator asks the regulator. Repeated: no second effect.
     *
     * @param order that waits for it
     * @throws Refused FORBIDDEN_BY_REGULATOR, CONSENT_NEEDED; NO_CONTRACT; UNAVAILABLE while the regulator is silent
     */
    @AllowedTo("subscriber")
    void mayServe(Ueid device, @OfCaller String subscriber, Nonce order) throws Refused;

    /**
     * The device uses this operator's subscription from now on, which it had on board beside another: for later discovery.
     * Repeated: no second effect.
     *
     * @throws Refused NO_CONTRACT; NOT_FOUND without such a subscription; UNAVAILABLE until the device has reported it
     */
    @AllowedTo("subscriber")
    void inUse(Ueid device, @OfCaller String subscriber) throws Refused;

    /** How a device's registrations stand, the newest first, at most 100: for the operator's staff. */
    @AllowedTo("console")
    List<Standing> registrations(Ueid device) throws Refused;

    /** What validations cost so far: for the operator's staff, and for who compares. */
    @AllowedTo("console")
    ValidationCounts validationCounts() throws Refused;

    /**
     * The devices that are held, in the order of their names, at most 100.
     *
     * @param after the last one of the answer before this; absent for the first
     */
    @AllowedTo("console")
    List<Hold> holds(Optional<Ueid> after) throws Refused;

    /** The device may register again. Nothing happens if it is not held. */
    @AllowedTo("console")
    void lift(Ueid device) throws Refused;
}
