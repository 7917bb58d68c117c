// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Set;
import java.util.TreeSet;

/** Bytes as they can stand in a file or a message: as they are, as hex, within Base64 of more than themselves. */
final class Spelled {
    private static final int BASE64_GROUP = 3;
    private static final int BITS_OF_BYTE = 8;
    private static final int BITS_OF_CHARACTER = 6;

    private Spelled() {}

    /** Each way, a character a byte. */
    static Set<String> of(byte[] bytes) {
        Set<String> ways = new TreeSet<>();
        ways.add(new String(bytes, StandardCharsets.ISO_8859_1));
        ways.add(HexFormat.of().formatHex(bytes));
        ways.add(HexFormat.of().withUpperCase().formatHex(bytes));
        for (int before = 0; before < BASE64_GROUP; before++) {
            ways.add(within(Base64.getEncoder(), bytes, before));
            ways.add(within(Base64.getUrlEncoder(), bytes, before));
        }
        return ways;
    }

    /** The characters that depend on these bytes alone, with so many before them. */
    private static String within(Base64.Encoder encoder, byte[] bytes, int before) {
        byte[] all = new byte[before + bytes.length];
        System.arraycopy(bytes, 0, all, before, bytes.length);
        int first = (before * BITS_OF_BYTE + BITS_OF_CHARACTER - 1) / BITS_OF_CHARACTER;
        int end = all.length * BITS_OF_BYTE / BITS_OF_CHARACTER;
        return encoder.encodeToString(all).substring(first, end);
    }
}
