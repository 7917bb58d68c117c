// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import org.m2me.protocol.identity.Imsi;

/** Integrated circuit card identifiers (ITU-T E.118) for MCIMs, which have no card. */
public final class Iccid {
    private static final int LENGTH = 19;

    private Iccid() {}

    /** 19 digits: 89 for telecommunications, the IMSI, zeroes, and the check digit. As unique as the IMSI is. */
    public static String of(Imsi imsi) {
        StringBuilder digits = new StringBuilder("89").append(imsi.digits());
        while (digits.length() < LENGTH - 1) {
            digits.append('0');
        }
        return digits.append(checkDigit(digits)).toString();
    }

    /** Luhn's (ISO/IEC 7812-1 annex B). */
    private static int checkDigit(CharSequence digits) {
        int sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(digits.length() - 1 - i) - '0';
            int weighted = i % 2 == 0 ? 2 * digit : digit;
            sum += weighted / 10 + weighted % 10;
        }
        return (10 - sum % 10) % 10;
    }
}
