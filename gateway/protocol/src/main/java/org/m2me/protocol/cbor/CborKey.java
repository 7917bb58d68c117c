// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.cbor;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A key of a map, a number or a text; ordered as their encodings are (RFC 8949 4.2.1). */
record CborKey(long number, @Nullable String text) implements Comparable<CborKey> {
    static CborKey of(long number) {
        return new CborKey(number, null);
    }

    static CborKey of(String text) {
        return new CborKey(0, text);
    }

    @Override
    public int compareTo(CborKey other) {
        if (text != null && other.text != null) {
            byte[] mine = CborEncoder.utf8(text);
            byte[] theirs = CborEncoder.utf8(other.text);
            // The length is in front of the characters, so it decides first.
            return mine.length != theirs.length
                    ? Integer.compare(mine.length, theirs.length)
                    : Arrays.compareUnsigned(mine, theirs);
        }
        int byKind = Integer.compare(majorType(), other.majorType());
        if (byKind != 0) {
            return byKind;
        }
        return number < 0 ? Long.compare(other.number, number) : Long.compare(number, other.number);
    }

    private int majorType() {
        if (text != null) {
            return CborDecoder.TEXT;
        }
        return number < 0 ? CborDecoder.NEGATIVE : CborDecoder.UNSIGNED;
    }

    @Override
    public String toString() {
        return text == null ? "key " + number : "key \"" + text + "\"";
    }
}
