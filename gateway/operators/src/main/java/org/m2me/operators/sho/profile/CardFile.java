// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho.profile;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.m2me.protocol.identity.Imsi;

/** Elementary files of a card, as a package fills them, and the numbers in them. */
final class CardFile {
    private static final HexFormat HEX = HexFormat.of();
    private static final int OFFSET = 2;
    private static final int CONTENT = 3;
    private static final int SIZE_MAX = 64; // of EF.IMSI and EF.ICCID: 9 and 10 bytes
    private static final Pattern ICCID = Pattern.compile("(\\d{19})f|(\\d{20})");

    private CardFile() {}

    /** What is written to a file: pieces, each after the one before it and so many bytes left out. */
    static byte[] content(Tlv file, String name) throws ProfileRefused {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (Tlv part : file.values()) {
            if (part.number() == OFFSET) {
                content.writeBytes(new byte[Math.min(part.integer(), SIZE_MAX + 1)]);
            } else if (part.number() == CONTENT) {
                content.writeBytes(part.bytes());
            }
            if (content.size() > SIZE_MAX) {
                throw wrong(name, "is longer than any such file");
            }
        }
        return content.toByteArray();
    }

    /** EF.IMSI (TS 31.102 4.2.2). */
    static Imsi imsi(byte[] file, String name) throws ProfileRefused {
        if (file.length < 2 || file[0] < 1 || file[0] > 8 || file.length <= file[0]) {
            throw wrong(name, "has no IMSI in it");
        }
        String swapped = swapped(file, 1, 1 + file[0]);
        boolean odd = swapped.charAt(0) == '9';
        String digits = swapped.substring(1, odd ? swapped.length() : swapped.length() - 1);
        if (!odd && !(swapped.charAt(0) == '1' && swapped.endsWith("f"))) {
            throw wrong(name, "has no IMSI in it");
        }
        try {
            return new Imsi(digits);
        } catch (IllegalArgumentException notDecimal) {
            throw wrong(name, "has no IMSI in it");
        }
    }

    /** EF.ICCID (TS 102 221 13.2): two digits a byte, the second first. */
    static String iccid(byte[] file, String name) throws ProfileRefused {
        return iccidDigits(swapped(file, 0, file.length), name);
    }

    /** The header's: two digits a byte, in their order. */
    static String headerIccid(byte[] field, String name) throws ProfileRefused {
        return iccidDigits(HEX.formatHex(field), name);
    }

    private static String iccidDigits(String nibbles, String name) throws ProfileRefused {
        var form = ICCID.matcher(nibbles);
        if (!form.matches()) {
            throw wrong(name, "has no ICCID of 19 or 20 digits in it");
        }
        return form.group(1) == null ? nibbles : form.group(1);
    }

    private static String swapped(byte[] bytes, int from, int to) {
        StringBuilder digits = new StringBuilder();
        for (int i = from; i < to; i++) {
            digits.append(HEX.toLowHexDigit(bytes[i])).append(HEX.toHighHexDigit(bytes[i]));
        }
        return digits.toString();
    }

    private static ProfileRefused wrong(String name, String why) {
        return new ProfileRefused(name, why, "have the profile made again");
    }
}
