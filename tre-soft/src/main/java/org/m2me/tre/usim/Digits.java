// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre.usim;

/** Decimal digits as a card stores them: two in a byte, the first one low. */
final class Digits {
    private static final int FILLER = 0xF;
    private static final int ICCID_BYTES = 10;
    private static final int IMSI_BYTES = 8;

    private Digits() {}

    /** EF.ICCID (TS 102 221 13.2). */
    static byte[] iccid(String digits) {
        return swapped(digits, ICCID_BYTES);
    }

    /** EF.IMSI (TS 31.102 4.2.2): length, then the digits behind a half byte that tells an odd number (9) from an even (1). */
    static byte[] imsi(String digits) {
        String parity = digits.length() % 2 == 1 ? "9" : "1";
        return Tlv.join(Tlv.bytes(IMSI_BYTES), swapped(parity + digits, IMSI_BYTES));
    }

    /** EF.ACC (TS 31.102 4.2.15): the class of ordinary subscribers is the last digit of the IMSI (TS 22.011 4.2). */
    static byte[] accessClass(String imsi) {
        return Tlv.word(1 << digit(imsi, imsi.length() - 1));
    }

    private static byte[] swapped(String digits, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (digit(digits, 2 * i + 1) << 4 | digit(digits, 2 * i));
        }
        return bytes;
    }

    private static int digit(String digits, int index) {
        return index < digits.length() ? Character.digit(digits.charAt(index), 10) : FILLER;
    }
}
