// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.m2me.hal.ModemException;

/** Why the network refused: from the extended error report, else from the number of the CME error. */
final class NetworkCause {
    private static final Pattern REPORT =
            Pattern.compile("\\b(?:GMM|EMM|MM|SM|ESM)\\b.*?cause\\D{0,3}(\\d{1,3})", Pattern.CASE_INSENSITIVE);

    /** TS 27.007 9.2.2: errors 103 to 134 carry causes 3 to 34. */
    private static final int FIRST = 103;

    private static final int LAST = 134;
    private static final int OFFSET = 100;

    /** PDP authentication failure, cause 29. */
    private static final int AUTHENTICATION_FAILURE = 149;

    private NetworkCause() {}

    /** What the modem knows about the last refusal. */
    static OptionalInt reported(AtEngine engine) throws AtException {
        return fromReport(engine.send(AtCommand.of("AT+CEER")).value("+CEER").orElse(""));
    }

    /** The exception for a command that the network let fail. */
    static ModemException refusal(AtEngine engine, String what, AtResult result) throws AtException {
        OptionalInt direct = fromError(result);
        OptionalInt cause = direct.isPresent() ? direct : reported(engine);
        return cause.isPresent()
                ? new ModemException(what + ": refused", cause.getAsInt())
                : new ModemException(what + ": " + result.text());
    }

    static OptionalInt fromReport(String text) {
        Matcher found = REPORT.matcher(text);
        return found.find() ? OptionalInt.of(Integer.parseInt(found.group(1))) : OptionalInt.empty();
    }

    static OptionalInt fromError(AtResult result) {
        int code = result.kind() == AtResult.Kind.CME_ERROR ? result.code() : -1;
        if (code == AUTHENTICATION_FAILURE) {
            return OptionalInt.of(29);
        }
        return code >= FIRST && code <= LAST ? OptionalInt.of(code - OFFSET) : OptionalInt.empty();
    }
}
