// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho.profile;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** One field of a line, a view into the file's bytes: it may be a secret, so no String is made unless asked for. */
record CsvField(Column column, Slice slice) {
    /** The columns that a file may have. */
    enum Column {
        IMSI,
        ICCID,
        ALGORITHM,
        K,
        OPC,
        /** Milenage's r1 to r5, 5 bytes. */
        R,
        /** Milenage's c1 to c5, 80 bytes. */
        C,
        /** Bytes of RES. */
        RES,
        /** TUAK's. */
        ITERATIONS,
        IND_BITS,
        DELTA,
        AGE_LIMIT,
        /** Where all places of the array begin. */
        SEQ;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Part of the file. */
    @SuppressWarnings("ArrayRecordComponent") // a view, compared by nobody
    record Slice(byte[] bytes, int from, int to) {
        /** Without the blanks around it. */
        Slice trimmed() {
            int begin = from;
            int end = to;
            while (begin < end && isBlank(bytes[begin])) {
                begin++;
            }
            while (end > begin && isBlank(bytes[end - 1])) {
                end--;
            }
            return new Slice(bytes, begin, end);
        }

        private static boolean isBlank(byte character) {
            return character == ' ' || character == '\t' || character == '\r';
        }

        int length() {
            return to - from;
        }

        String text() {
            return new String(bytes, from, length(), StandardCharsets.US_ASCII);
        }

        @Override
        public String toString() {
            return "Slice[" + length() + "]";
        }
    }

    boolean isEmpty() {
        return slice.length() == 0;
    }

    /** What is no secret. */
    String text() {
        return slice.text();
    }

    /** A number from 0. */
    long number() throws ProfileRefused {
        try {
            long number = Long.parseLong(text());
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException notOne) {
            // said below, in the same words
        }
        throw wrong("is no whole number from 0");
    }

    /** Bytes from hexadecimal digits; the caller wipes them. */
    byte[] hex() throws ProfileRefused {
        byte[] bytes = new byte[slice.length() / 2];
        for (int i = 0; i < bytes.length; i++) {
            int high = Character.digit(slice.bytes()[slice.from() + 2 * i], 16);
            int low = Character.digit(slice.bytes()[slice.from() + 2 * i + 1], 16);
            if (high < 0 || low < 0) {
                Arrays.fill(bytes, (byte) 0);
                throw wrong("is not hexadecimal");
            }
            bytes[i] = (byte) (high << 4 | low);
        }
        if (slice.length() % 2 != 0) {
            Arrays.fill(bytes, (byte) 0);
            throw wrong("is not hexadecimal digits in pairs");
        }
        return bytes;
    }

    ProfileRefused wrong(String why) {
        return new ProfileRefused(column.text(), why, "correct the line");
    }

    @Override
    public String toString() {
        return column.text();
    }
}
