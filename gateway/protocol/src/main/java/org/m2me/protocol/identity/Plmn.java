// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.identity;

import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * A public land mobile network: mobile country code and mobile network code (TS 23.003 2.2).
 *
 * @param mcc 3 digits
 * @param mnc 2 or 3 digits
 */
public record Plmn(String mcc, String mnc) {
    /** Bytes on the wire. */
    public static final int LENGTH = 3;

    private static final Pattern FORM = Pattern.compile("(\\d{3})-(\\d{2,3})");

    /** In the place of the third digit of a MNC of two. */
    private static final char FILLER = 'f';

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

    /** @throws IllegalArgumentException unless these are the three bytes of {@link #bytes()} */
    public static Plmn ofBytes(byte[] bytes) {
        String nibbles = HexFormat.of().formatHex(bytes);
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("PLMN: " + bytes.length + " bytes, wants " + LENGTH);
        }
        String mcc = "" + nibbles.charAt(1) + nibbles.charAt(0) + nibbles.charAt(3);
        String mnc = "" + nibbles.charAt(5) + nibbles.charAt(4);
        char third = nibbles.charAt(2);
        return new Plmn(mcc, third == FILLER ? mnc : mnc + third);
    }

    /** Three bytes, as networks write it (TS 24.008 10.5.1.3). */
    public byte[] bytes() {
        char third = mnc.length() == 3 ? mnc.charAt(2) : FILLER;
        String nibbles = "" + mcc.charAt(1) + mcc.charAt(0) + third + mcc.charAt(2) + mnc.charAt(1) + mnc.charAt(0);
        return HexFormat.of().parseHex(nibbles);
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
