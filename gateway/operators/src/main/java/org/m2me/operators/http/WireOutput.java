// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import java.io.OutputStream;
import java.util.Arrays;

/** A message being written; its memory is wiped on close. */
final class WireOutput extends OutputStream {
    /** Nearly every message is smaller. */
    private static final int SIZE_FIRST = 1024;

    private byte[] content = new byte[SIZE_FIRST];
    private int length;

    @Override
    public void write(int octet) {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int count) {
        if (count > content.length - length) {
            byte[] larger = new byte[Math.max(2 * content.length, length + count)];
            System.arraycopy(content, 0, larger, 0, length);
            Arrays.fill(content, (byte) 0);
            content = larger;
        }
        System.arraycopy(source, offset, content, length, count);
        length += count;
    }

    /** The memory itself, of which {@link #length()} bytes count: valid until this is closed. */
    byte[] content() {
        return content;
    }

    int length() {
        return length;
    }

    @Override
    public void close() {
        Arrays.fill(content, (byte) 0);
    }
}
