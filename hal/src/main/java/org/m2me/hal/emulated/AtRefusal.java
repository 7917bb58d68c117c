// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.emulated;

/** The emulated modem refuses a command with an error of TS 27.007 9.2. */
final class AtRefusal extends Exception {
    private static final long serialVersionUID = 1L;

    /** What a modem refuses for. */
    enum Why {
        NOT_ALLOWED(3, "operation not allowed"),
        NOT_SUPPORTED(4, "operation not supported"),
        NO_CARD(10, "SIM not inserted"),
        CARD_FAILURE(13, "SIM failure"),
        MEMORY_FULL(20, "memory full"),
        INVALID_INDEX(21, "invalid index"),
        NO_SERVICE(30, "no network service"),
        BAD_PARAMETERS(50, "Incorrect parameters"),
        UNKNOWN(100, "unknown"),
        UNSPECIFIED_GPRS(148, "unspecified GPRS error"),
        /** A plain ERROR, whatever AT+CMEE says: the command does not exist. */
        NO_SUCH_COMMAND(-1, "");

        private final int code;
        private final String text;

        Why(int code, String text) {
            this.code = code;
            this.text = text;
        }
    }

    /** Network causes from this number on have CME errors of the same order, 100 higher. */
    private static final int CAUSE_OFFSET = 100;

    /** TS 27.007 9.2.2: causes of TS 24.008 that have a CME error. */
    private static final String WITH_CODE = " 3 5 6 7 8 11 12 13 14 15 22 25 26 27 28 29 30 31 32 33 34 ";

    private final int code;
    private final String text;

    AtRefusal(Why why) {
        super(why.text);
        this.code = why.code;
        this.text = why.text;
    }

    private AtRefusal(int code, String text) {
        super(text);
        this.code = code;
        this.text = text;
    }

    /** For a refusal by the network. */
    static AtRefusal network(int cause) {
        if (!WITH_CODE.contains(" " + cause + " ")) {
            return new AtRefusal(Why.UNSPECIFIED_GPRS);
        }
        return new AtRefusal(
                cause == 29 ? 149 : CAUSE_OFFSET + cause, // 149: PDP authentication failure
                "network cause " + cause);
    }

    /** The result line at a level of AT+CMEE. */
    String line(int level) {
        if (level == 0 || code < 0) {
            return "ERROR";
        }
        return "+CME ERROR: " + (level == 1 ? Integer.toString(code) : text);
    }
}
