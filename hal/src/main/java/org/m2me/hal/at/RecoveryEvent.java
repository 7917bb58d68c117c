// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

/**
 * Something was done about a modem that does not answer.
 *
 * @param detail for people; holds no secret
 */
public record RecoveryEvent(RecoveryRung rung, Outcome outcome, String detail) {
    /** What came of it. */
    public enum Outcome {
        /** It is being done. */
        BEGUN,
        /** The modem answers as it must. */
        HELPED,
        /** The modem had its time and does not answer. */
        DID_NOT_HELP,
        /** It was not done; the detail says why. */
        SKIPPED
    }

    @Override
    public String toString() {
        return rung + " " + outcome + (detail.isEmpty() ? "" : ": " + detail);
    }
}
