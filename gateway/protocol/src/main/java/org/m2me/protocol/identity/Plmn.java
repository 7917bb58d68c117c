// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.identity;

import java.util.regex.Pattern;

/**
 * A public land mobile network: mobile country code and mobile network code (TS 23.003 2.2).
 *
 * @param mcc 3 digits
 * @param mnc 2 or 3 digits
 */
public record Plmn(String mcc, String mnc) {
    private static final Pattern FORM = Pattern.compile("(\\d{3})-(\\d{2,3})");

    public Plmn {
        if (!FORM.matcher(mcc + "-" + mnc).matches()) {
            throw new IllegalArgumentException("PLMN: " + mcc + "-" + mnc + " is not of the form 262-42");
        }
    }

    /** @throws IllegalArgumentException unless the text has the form {@code 262-42} */
    public static Plmn parse(String text) {
        var matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("PLMN: " + text + " is not of the form 262-42");
        }
        return new Plmn(matcher.group(1), matcher.group(2));
    }

    /** Whether this subscription belongs to this network. */
    public boolean isHomeOf(Imsi imsi) {
        return imsi.digits().startsWith(mcc + mnc);
    }

    @Override
    public String toString() {
        return mcc + "-" + mnc;
    }
}
