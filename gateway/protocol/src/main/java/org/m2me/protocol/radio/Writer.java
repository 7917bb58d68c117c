// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.radio;

import java.io.ByteArrayOutputStream;

/** Collects the octets of a message, big-endian. */
final class Writer {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Writer octet(int value) {
        out.write(value);
        return this;
    }

    Writer sixteen(int value) {
        return octet(value >> 8).octet(value);
    }

    Writer thirtyTwo(long value) {
        return sixteen((int) (value >> 16)).sixteen((int) value);
    }

    Writer bytes(byte[] value) {
        out.writeBytes(value);
        return this;
    }

    /** Length and value. */
    Writer lengthAndValue(byte[] value) {
        return octet(value.length).bytes(value);
    }

    byte[] toBytes() {
        return out.toByteArray();
    }
}
