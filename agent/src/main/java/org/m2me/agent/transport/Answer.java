// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent.transport;

import java.time.Duration;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.message.Verdict;

/**
 * What the gateway said.
 *
 * @param status hundreds: 2 done, 4 refused, 5 not possible now; the rest as in HTTP
 * @param body may be empty
 * @param retryAfter how long the gateway wants to be left alone; zero if it said nothing about it
 */
@SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
public record Answer(int status, byte[] body, Duration retryAfter) {
    public boolean isDone() {
        return status / 100 == 2;
    }

    /** Why it was refused: the body's code if it has one, else what the status amounts to. */
    public ResultCode refusal() {
        try {
            ResultCode code = Verdict.decode(body).code();
            if (code != ResultCode.OK) {
                return code;
            }
        } catch (CborException noVerdict) {
            // The gateway's own transport refused, before any role saw the request: it says so by status only.
        }
        return switch (status) {
            case 400 -> ResultCode.MALFORMED;
            case 401 -> ResultCode.CREDENTIAL_EXPIRED;
            case 403 -> ResultCode.FORBIDDEN;
            case 404, 405 -> ResultCode.NOT_FOUND;
            case 413 -> ResultCode.TOO_LARGE;
            case 429 -> ResultCode.QUOTA;
            case 503 -> ResultCode.UNAVAILABLE;
            default -> ResultCode.INTERNAL;
        };
    }
}
