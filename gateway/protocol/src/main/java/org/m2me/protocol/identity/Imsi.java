// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.identity;

import java.util.regex.Pattern;

/**
 * International Mobile Subscriber Identity (TS 23.003 2.2).
 *
 * @param digits 14 or 15 decimal digits
 */
public record Imsi(String digits) {
    private static final Pattern DIGITS = Pattern.compile("\\d{14,15}");

    public Imsi {
        if (!DIGITS.matcher(digits).matches()) {
            throw new IllegalArgumentException(
                    "IMSI: wants 14 or 15 decimal digits, has " + digits.length() + " characters");
        }
    }

    @Override
    public String toString() {
        return digits;
    }
}
