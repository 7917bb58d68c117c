// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre.usim;

import java.io.ByteArrayOutputStream;

/** BER-TLV with one-byte tags and lengths below 128: all that the files and answers of a card need. */
final class Tlv {
    private static final int LENGTH_MAX = 127;

    private Tlv() {}

    static byte[] of(int tag, byte[]... parts) {
        byte[] value = join(parts);
        if (value.length > LENGTH_MAX) {
            throw new IllegalArgumentException("TLV " + Integer.toHexString(tag) + ": " + value.length + " bytes");
        }
        return join(bytes(tag, value.length), value);
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    static byte[] word(int value) {
        return bytes(value >> 8, value);
    }
}
