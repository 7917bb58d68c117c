// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.radio;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Access point name (TS 23.003 9.1), in labels as in DNS.
 *
 * @param name labels of letters, digits and hyphens, lower case, joined by dots
 */
public record Apn(String name) {
    /** Characters of a network identifier (TS 23.003 9.1.1). */
    public static final int LENGTH_MAX = 63;

    private static final Pattern FORM =
            Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*");

    public Apn {
        if (name.length() > LENGTH_MAX || !FORM.matcher(name).matches()) {
            throw new IllegalArgumentException("APN: wants labels of letters, digits and hyphens, at most " + LENGTH_MAX
                    + " characters, has " + name.length());
        }
    }

    /** As somebody wrote it: case does not matter. */
    public static Apn of(String name) {
        return new Apn(name.toLowerCase(Locale.ROOT));
    }

    /** Its labels, each behind its length. */
    public byte[] encode() {
        Writer out = new Writer();
        for (String label : name.split("\\.", -1)) {
            out.lengthAndValue(label.getBytes(StandardCharsets.US_ASCII));
        }
        return out.toBytes();
    }

    /** From its labels. */
    public static Apn decode(byte[] value) throws MalformedException {
        return decode(value, new Octets("APN", value, 0));
    }

    static Apn decode(byte[] value, Octets in) throws MalformedException {
        Octets labels = new Octets("APN", value, 0);
        StringBuilder name = new StringBuilder();
        while (labels.hasMore()) {
            byte[] label = labels.lengthAndValue("label", 1, LENGTH_MAX);
            name.append(name.isEmpty() ? "" : ".").append(new String(label, StandardCharsets.ISO_8859_1));
        }
        try {
            return of(name.toString());
        } catch (IllegalArgumentException e) {
            throw in.fault("APN", "is none: " + e.getMessage());
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
