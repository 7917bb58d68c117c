// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.identity;

import java.util.Arrays;
import java.util.HexFormat;

/** A byte string that is a value: equal by content, never changed. Not for secrets: see {@code SecretBytes}. */
public final class Opaque implements Comparable<Opaque> {
    private final byte[] content;

    private Opaque(byte[] content) {
        this.content = content;
    }

    /** A copy of these bytes. */
    public static Opaque of(byte... bytes) {
        return new Opaque(bytes.clone());
    }

    /** @throws IllegalArgumentException if these are not hexadecimal digits in pairs */
    public static Opaque hex(String digits) {
        return new Opaque(HexFormat.of().parseHex(digits));
    }

    /** A copy of the content. */
    public byte[] bytes() {
        return content.clone();
    }

    /** How many bytes. */
    public int length() {
        return content.length;
    }

    /** Lower-case hexadecimal. */
    public String hex() {
        return HexFormat.of().formatHex(content);
    }

    @Override
    public int compareTo(Opaque other) {
        return Arrays.compareUnsigned(content, other.content);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Opaque that && Arrays.equals(content, that.content);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(content);
    }

    @Override
    public String toString() {
        return hex();
    }
}
