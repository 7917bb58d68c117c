// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import java.util.regex.Pattern;

/**
 * A country, by its mobile country code (TS 23.003 2.2).
 *
 * @param mcc 3 digits
 */
public record Country(String mcc) {
    private static final Pattern FORM = Pattern.compile("\\d{3}");

    /** @throws IllegalArgumentException unless it is 3 digits */
    public Country {
        if (!FORM.matcher(mcc).matches()) {
            throw new IllegalArgumentException("country: " + mcc + " is not of the form 262");
        }
    }

    @Override
    public String toString() {
        return mcc;
    }
}
