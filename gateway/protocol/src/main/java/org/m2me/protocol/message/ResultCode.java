// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.message;

/** What one party tells another when it accepts or refuses; the reason in words stays in the log of the one who refuses. */
public enum ResultCode {
    OK(0, 204, "all is well"),
    /** The message could not be decoded, or a field is out of range. */
    MALFORMED(1, 400, "the message could not be read"),
    /** No such device here. */
    UNKNOWN_DEVICE(2, 404, "nobody here knows the device"),
    /** No subscriber has chosen an operator for this device. */
    NO_OPERATOR(3, 404, "no subscriber has chosen an operator for the device"),
    /** The operator has no contract for this device. */
    NO_CONTRACT(4, 403, "the operator has no contract for the device"),
    /** This registration nonce has served already. */
    NONCE_USED(5, 409, "the registration had ended already"),
    /** The platform credential has expired. */
    CREDENTIAL_EXPIRED(6, 403, "the platform credential has expired"),
    /** The platform credential was revoked. */
    CREDENTIAL_REVOKED(7, 403, "the supplier has revoked the platform credential"),
    /** The platform credential does not lead to a trusted supplier, or its status cannot be learned. */
    CREDENTIAL_INVALID(8, 403, "the platform credential does not lead to a trusted supplier"),
    /** The evidence is not signed by the device's platform key, or is no evidence. */
    EVIDENCE_INVALID(9, 403, "the evidence is not signed by the platform key"),
    /** The evidence answers another challenge, or one that was answered before. */
    EVIDENCE_STALE(10, 403, "the evidence or its validation is not fresh"),
    /** A measured component differs from its reference value. */
    COMPONENT_MISMATCH(11, 403, "a measured component differs from what its supplier published"),
    /** There are no reference values for this device. */
    REFERENCE_VALUES_MISSING(12, 403, "the supplier has published nothing to compare with"),
    /** Boot count or store generation went backwards: an old state was put back, or the device was copied. */
    ROLLED_BACK(13, 403, "an old state was put back, or the device was copied"),
    /** The validation result does not satisfy the operator's policy. */
    POLICY(14, 403, "the validation does not satisfy the operator's policy"),
    /** The authorisation is not by this operator, not for this device, expired, or served already. */
    NOT_AUTHORIZED(15, 403, "the authorisation is of another, or over"),
    /** The PCID is unknown to the ICF. */
    PCID_UNKNOWN(16, 404, "the preliminary identity is not known"),
    /** The PCID is not activated, or its lifetime is over. */
    PCID_NOT_ACTIVE(17, 403, "the preliminary identity is not active"),
    /** A quota is used up. */
    QUOTA(18, 429, "a quota is used up"),
    /** The MCIM names another device. */
    MCIM_WRONG_DEVICE(19, 403, "the MCIM is for another device"),
    /** The MCIM comes from another operator than the one the device was registered with. */
    MCIM_WRONG_OPERATOR(20, 403, "the MCIM is from another operator"),
    /** The MCIM does not carry the nonce of the open registration. */
    MCIM_NONCE(21, 403, "the MCIM is for another registration"),
    /** The MCIM is damaged: signature, decryption or content. */
    MCIM_DAMAGED(22, 400, "the MCIM is damaged"),
    /** The MCIM is larger than the device takes. */
    MCIM_TOO_LARGE(23, 413, "the MCIM is too large"),
    /** The MCIM asks for an algorithm that the device does not run. */
    MCIM_ALGORITHM(24, 400, "the MCIM asks for an algorithm that the device does not run"),
    /** The network could not authenticate the device, or the device the network. */
    AUTHENTICATION_FAILED(25, 403, "device and network did not authenticate each other"),
    /** Nothing by that name. */
    NOT_FOUND(26, 404, "there is nothing by that name"),
    /** Too much at once: come back later. */
    BUSY(27, 503, "too much at once"),
    /** A peer that is needed does not answer; the work is kept and repeated. */
    UNAVAILABLE(28, 503, "somebody who is needed does not answer"),
    /** The message is larger than its limit. */
    TOO_LARGE(29, 413, "the message is too large"),
    /** The caller may not do this. */
    FORBIDDEN(30, 403, "the caller may not do this"),
    /** The device could not store what it received. */
    STORE_FAILED(31, 500, "the device could not store what it received"),
    /** Something else went wrong; see the log of the one who says so. */
    INTERNAL(32, 500, "a fault at the other end"),
    /** A rule of the regulator's: this operator may not serve the device. */
    FORBIDDEN_BY_REGULATOR(33, 403, "the regulator forbids the operator to serve the device"),
    /** A rule of the regulator's: its staff has to consent first. */
    CONSENT_NEEDED(34, 403, "the regulator has not consented to the change yet");

    private final int number;
    private final int status;
    private final String words;

    ResultCode(int number, int status, String words) {
        this.number = number;
        this.status = status;
        this.words = words;
    }

    /** The number on the wire. */
    public int number() {
        return number;
    }

    /** The HTTP status that goes with it; hundreds and rest are also the class and detail of the CoAP code where CoAP has it. */
    public int status() {
        return status;
    }

    /** What a person is told beside the code. */
    public String words() {
        return words;
    }

    /** @throws IllegalArgumentException if no code has this number */
    public static ResultCode of(long number) {
        for (ResultCode code : values()) {
            if (code.number == number) {
                return code;
            }
        }
        throw new IllegalArgumentException("result code: " + number + " is not known");
    }
}
