// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge.device;

import java.time.Duration;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.message.Verdict;

/**
 * What a device is told.
 *
 * @param code {@link ResultCode#OK}, or why the request was refused
 * @param body of the answer as the role made it, may be empty
 * @param retryAfter how long the device should wait before it asks again; zero when that makes no difference
 */
@SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
public record DeviceAnswer(ResultCode code, byte[] body, Duration retryAfter) {
    /** When a role is down: it takes about that long to be started again. */
    public static final Duration ROLE_RETRY = Duration.ofSeconds(2);

    /** A role's answer. */
    public static DeviceAnswer content(byte[] body) {
        return new DeviceAnswer(ResultCode.OK, body, Duration.ZERO);
    }

    /** Understood, and nothing to say. */
    public static DeviceAnswer nothing() {
        return content(new byte[0]);
    }

    /** Refused; the body is a {@link Verdict}. */
    public static DeviceAnswer refused(ResultCode code) {
        return refused(code, code.status() == 503 ? ROLE_RETRY : Duration.ZERO);
    }

    /** Refused for now; the body is a {@link Verdict}. */
    public static DeviceAnswer refused(ResultCode code, Duration retryAfter) {
        return new DeviceAnswer(code, new Verdict(code).encode(), retryAfter);
    }

    public boolean isRefusal() {
        return code != ResultCode.OK;
    }
}
