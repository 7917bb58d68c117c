// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.message;

/** What one party tells another when it accepts or refuses; the reason in words stays in the log of the one who refuses. */
public enum ResultCode {
    OK(0, 204),
    /** The message could not be decoded, or a field is out of range. */
    MALFORMED(1, 400),
    /** No such device here. */
    UNKNOWN_DEVICE(2, 404),
    /** No subscriber has chosen an operator for this device. */
    NO_OPERATOR(3, 404),
    /** The operator has no contract for this device. */
    NO_CONTRACT(4, 403),
    /** This registration nonce has served already. */
    NONCE_USED(5, 409),
    /** The platform credential has expired, or is not valid yet. */
    CREDENTIAL_EXPIRED(6, 403),
    /** The platform credential was revoked. */
    CREDENTIAL_REVOKED(7, 403),
    /** The platform credential does not lead to a trusted supplier, or its status cannot be learned. */
    CREDENTIAL_INVALID(8, 403),
    /** The evidence is not signed by the device's platform key, or is no evidence. */
    EVIDENCE_INVALID(9, 403),
    /** The evidence answers another challenge, or one that was answered before. */
    EVIDENCE_STALE(10, 403),
    /** A measured component differs from its reference value. */
    COMPONENT_MISMATCH(11, 403),
    /** There are no reference values for this device. */
    REFERENCE_VALUES_MISSING(12, 403),
    /** Boot count or store generation went backwards: an old state was put back, or the device was copied. */
    ROLLED_BACK(13, 403),
    /** The validation result does not satisfy the operator's policy. */
    POLICY(14, 403),
    /** The authorisation is not by this operator, not for this device, expired, or served already. */
    NOT_AUTHORIZED(15, 403),
    /** The PCID is unknown to the ICF. */
    PCID_UNKNOWN(16, 404),
    /** The PCID is not activated, or its lifetime is over. */
    PCID_NOT_ACTIVE(17, 403),
    /** A quota is used up. */
    QUOTA(18, 429),
    /** The MCIM names another device. */
    MCIM_WRONG_DEVICE(19, 403),
    /** The MCIM comes from another operator than the one the device was registered with. */
    MCIM_WRONG_OPERATOR(20, 403),
    /** The MCIM does not carry the nonce of the open registration. */
    MCIM_NONCE(21, 403),
    /** The MCIM is damaged: signature, decryption or content. */
    MCIM_DAMAGED(22, 400),
    /** The MCIM is larger than the device takes. */
    MCIM_TOO_LARGE(23, 413),
    /** The MCIM asks for an algorithm that the device does not run. */
    MCIM_ALGORITHM(24, 400),
    /** The network could not authenticate the device, or the device the network. */
    AUTHENTICATION_FAILED(25, 403),
    /** Nothing by that name. */
    NOT_FOUND(26, 404),
    /** Too much at once: come back later. */
    BUSY(27, 503),
    /** A peer that is needed does not answer; the work is kept and repeated. */
    UNAVAILABLE(28, 503),
    /** The message is larger than its limit. */
    TOO_LARGE(29, 413),
    /** The caller may not do this. */
    FORBIDDEN(30, 403),
    /** The device could not store what it received. */
    STORE_FAILED(31, 500),
    /** Something else went wrong; see the log of the one who says so. */
    INTERNAL(32, 500);

    private final int number;
    private final int status;

    ResultCode(int number, int status) {
        this.number = number;
        this.status = status;
    }

    /** The number on the wire. */
    public int number() {
        return number;
    }

    /** The HTTP status that goes with it; hundreds and rest are also the class and detail of the CoAP code where CoAP has it. */
    public int status() {
        return status;
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
