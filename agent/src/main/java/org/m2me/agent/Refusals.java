// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.util.EnumSet;
import java.util.Set;
import org.m2me.protocol.message.ResultCode;

/** What a refusal means for the device: wait a moment, start over later, or be quiet. */
final class Refusals {
    /** The same request may be taken in a moment. */
    private static final Set<ResultCode> SOON = EnumSet.of(ResultCode.BUSY, ResultCode.UNAVAILABLE, ResultCode.QUOTA);

    /** Somebody else may change what led to it: a new registration may be taken later. */
    private static final Set<ResultCode> LATER = EnumSet.of(
            ResultCode.NO_OPERATOR, // the owner has not chosen yet
            ResultCode.NO_CONTRACT, // the operator has not been told yet
            ResultCode.NONCE_USED, // the next registration has its own
            ResultCode.EVIDENCE_STALE, // the next challenge has its own
            ResultCode.REFERENCE_VALUES_MISSING, // the supplier has not published yet
            ResultCode.PCID_NOT_ACTIVE, // the window has not opened yet
            ResultCode.AUTHENTICATION_FAILED, // of this attempt
            ResultCode.MCIM_WRONG_DEVICE, // of this MCIM, as the next four; whoever sent it must not silence the device
            ResultCode.MCIM_WRONG_OPERATOR,
            ResultCode.MCIM_NONCE,
            ResultCode.MCIM_DAMAGED,
            ResultCode.MCIM_TOO_LARGE,
            ResultCode.NOT_AUTHORIZED,
            ResultCode.CONSENT_NEEDED, // the regulator's staff has not decided yet
            ResultCode.STORE_FAILED,
            ResultCode.INTERNAL);

    private Refusals() {}

    static boolean isPassing(ResultCode code) {
        return SOON.contains(code);
    }

    /** Whether it says nothing of the device: whoever refused could do no better at that moment. */
    static boolean isOutage(ResultCode code) {
        return code == ResultCode.BUSY || code == ResultCode.UNAVAILABLE;
    }

    static boolean isForGood(ResultCode code) {
        return !SOON.contains(code) && !LATER.contains(code);
    }
}
