// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.gsup;

import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.radio.GmmCause;

/** Why not: the roles' codes, and the causes that networks tell one another. */
final class Causes {
    private Causes() {}

    /** What a serving network is told. */
    static GmmCause of(ResultCode code) {
        return switch (code) {
            case PCID_UNKNOWN, UNKNOWN_DEVICE, NOT_FOUND -> GmmCause.IMSI_UNKNOWN;
            case PCID_NOT_ACTIVE, QUOTA, NO_CONTRACT, NOT_AUTHORIZED, FORBIDDEN -> GmmCause.GPRS_NOT_ALLOWED;
            case AUTHENTICATION_FAILED -> GmmCause.SYNCH_FAILURE;
            case MALFORMED, TOO_LARGE -> GmmCause.INVALID_MANDATORY_INFORMATION;
            case BUSY -> GmmCause.CONGESTION;
            default -> GmmCause.NETWORK_FAILURE;
        };
    }

    /** What a home network meant. */
    static ResultCode code(int cause) {
        for (GmmCause known : GmmCause.values()) {
            if (known.number() == cause) {
                return code(known);
            }
        }
        return ResultCode.INTERNAL;
    }

    private static ResultCode code(GmmCause cause) {
        return switch (cause) {
            case IMSI_UNKNOWN -> ResultCode.PCID_UNKNOWN;
            case GPRS_NOT_ALLOWED -> ResultCode.PCID_NOT_ACTIVE;
            case PLMN_NOT_ALLOWED -> ResultCode.FORBIDDEN;
            case ILLEGAL_MS, MAC_FAILURE, SYNCH_FAILURE -> ResultCode.AUTHENTICATION_FAILED;
            case NETWORK_FAILURE -> ResultCode.UNAVAILABLE;
            case CONGESTION -> ResultCode.BUSY;
            case INVALID_MANDATORY_INFORMATION -> ResultCode.MALFORMED;
            default -> ResultCode.INTERNAL;
        };
    }
}
