// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho.profile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One value of a profile package in DER (X.690), a view into the file's bytes. */
final class Tlv {
    /** A package has some thirty elements, and its longest list a few hundred commands. */
    private static final int VALUES_MAX = 4096;

    private static final int CLASS = 0xc0;
    private static final int CONTEXT = 0x80;
    private static final int LONG_FORM = 0x1f;
    private static final int MORE = 0x80;
    private static final int LENGTH_OF_LENGTH_MAX = 3; // 16 MB, more than is read
    private static final String ANOTHER_FILE = "export the package again, as DER";

    private final byte[] source;
    private final int identifier;
    private final int number;
    private final int from;
    private final int to;

    private Tlv(byte[] source, int identifier, int number, int from, int to) {
        this.source = source;
        this.identifier = identifier;
        this.number = number;
        this.from = from;
        this.to = to;
    }

    /** The values that follow one another in a file. */
    static List<Tlv> sequence(byte[] der) throws ProfileRefused {
        return sequence(der, 0, der.length);
    }

    /** The values in this one. */
    List<Tlv> values() throws ProfileRefused {
        return sequence(source, from, to);
    }

    /** The fields of a SEQUENCE with automatic tags, by their numbers. */
    Map<Integer, Tlv> fields() throws ProfileRefused {
        Map<Integer, Tlv> fields = new TreeMap<>();
        int last = -1;
        for (Tlv value : values()) {
            if ((value.identifier & CLASS) != CONTEXT || value.number <= last) {
                throw malformed(from, "fields are not in their order");
            }
            last = value.number;
            fields.put(last, value);
        }
        return fields;
    }

    /** The tag's number. */
    int number() {
        return number;
    }

    boolean isContext() {
        return (identifier & CLASS) == CONTEXT;
    }

    int length() {
        return to - from;
    }

    /** A copy of the content. */
    byte[] bytes() {
        return Arrays.copyOfRange(source, from, to);
    }

    /** The content as a number that is not negative. */
    int integer() throws ProfileRefused {
        if (length() < 1 || length() > 3 || source[from] < 0) {
            throw malformed(from, "not a number from 0 to 8388607");
        }
        int value = 0;
        for (int i = from; i < to; i++) {
            value = value << 8 | Byte.toUnsignedInt(source[i]);
        }
        return value;
    }

    private static List<Tlv> sequence(byte[] source, int from, int to) throws ProfileRefused {
        List<Tlv> values = new ArrayList<>();
        int at = from;
        while (at < to) {
            Tlv value = next(source, at, to);
            values.add(value);
            at = value.to;
            if (values.size() > VALUES_MAX) {
                throw malformed(at, "more than " + VALUES_MAX + " values in one");
            }
        }
        return values;
    }

    private static Tlv next(byte[] source, int start, int end) throws ProfileRefused {
        int at = start;
        int identifier = octet(source, at++, end);
        int number = identifier & LONG_FORM;
        if (number == LONG_FORM) {
            number = octet(source, at++, end);
            if (number < LONG_FORM || (number & MORE) != 0) {
                throw malformed(start, "a tag that no profile package has");
            }
        }
        int length = octet(source, at++, end);
        if ((length & MORE) != 0) {
            int octets = length & ~MORE;
            if (octets < 1 || octets > LENGTH_OF_LENGTH_MAX) {
                throw malformed(start, "a length of " + octets + " octets");
            }
            length = 0;
            for (int i = 0; i < octets; i++) {
                length = length << 8 | octet(source, at++, end);
            }
            if (length < MORE || length >>> (8 * (octets - 1)) == 0) {
                throw malformed(start, "a length that is not in its shortest form");
            }
        }
        if (length > end - at) {
            throw malformed(start, "a value that goes beyond what it is in");
        }
        return new Tlv(source, identifier, number, at, at + length);
    }

    private static int octet(byte[] source, int at, int end) throws ProfileRefused {
        if (at >= end) {
            throw malformed(at, "ends within a value");
        }
        return Byte.toUnsignedInt(source[at]);
    }

    private static ProfileRefused malformed(int offset, String why) {
        return new ProfileRefused("byte " + offset, "not DER: " + why, ANOTHER_FILE);
    }
}
