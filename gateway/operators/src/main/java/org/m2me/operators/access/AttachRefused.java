// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.access;

import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.radio.GmmCause;
import org.m2me.protocol.radio.RadioMessage;

/** A device that is not let in: what it is told, and why. */
final class AttachRefused extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient RadioMessage.Downlink answer;
    private final ResultCode code;
    private final String detail;

    AttachRefused(GmmCause cause, ResultCode code, String detail) {
        this(new RadioMessage.AttachReject(cause.number()), code, detail);
    }

    private AttachRefused(RadioMessage.Downlink answer, ResultCode code, String detail) {
        super(detail);
        this.answer = answer;
        this.code = code;
        this.detail = detail;
    }

    /** It is not who it says. */
    static AttachRefused notAuthenticated(String detail) {
        return new AttachRefused(new RadioMessage.AuthenticationReject(), ResultCode.AUTHENTICATION_FAILED, detail);
    }

    RadioMessage.Downlink answer() {
        return answer;
    }

    ResultCode code() {
        return code;
    }

    /** For the log and whoever watches; the device is told only {@link #answer}. */
    String detail() {
        return detail;
    }
}
