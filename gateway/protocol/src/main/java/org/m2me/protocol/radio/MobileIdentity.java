// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.radio;

import java.util.Optional;
import org.m2me.protocol.identity.Imsi;

/**
 * Who a mobile says it is (TS 24.008 10.5.1.4).
 *
 * @param digits decimal: 14 or 15 of an IMSI, 15 of an IMEI, 16 of an IMEISV; 8 hexadecimal of a P-TMSI
 */
public record MobileIdentity(Kind kind, String digits) {
    /** Type of identity. */
    public enum Kind {
        IMSI(1, "\\d{14,15}"),
        IMEI(2, "\\d{15}"),
        IMEISV(3, "\\d{16}"),
        TMSI(4, "[0-9a-f]{8}");

        private final int number;
        private final String form;

        Kind(int number, String form) {
            this.number = number;
            this.form = form;
        }

        /** The number on the wire. */
        public int number() {
            return number;
        }

        static Optional<Kind> of(int number) {
            for (Kind kind : values()) {
                if (kind.number == number) {
                    return Optional.of(kind);
                }
            }
            return Optional.empty();
        }
    }

    private static final int ENCODED_MAX = 9; // IMEISV: 16 digits, type and filler

    public MobileIdentity {
        if (!digits.matches(kind.form)) {
            throw new IllegalArgumentException(kind + ": " + digits.length() + " characters that are none");
        }
    }

    public static MobileIdentity imsi(Imsi imsi) {
        return new MobileIdentity(Kind.IMSI, imsi.digits());
    }

    public static MobileIdentity imei(String digits) {
        return new MobileIdentity(Kind.IMEI, digits);
    }

    /** @param value 32 bits */
    static MobileIdentity tmsi(long value) {
        return new MobileIdentity(Kind.TMSI, String.format("%08x", value));
    }

    /** The 32 bits of a P-TMSI. */
    long tmsi() {
        return Long.parseLong(digits, 16);
    }

    /** The value, without a length. */
    byte[] encode() {
        if (kind == Kind.TMSI) {
            return new Writer().octet(0xf0 | kind.number).thirtyTwo(tmsi()).toBytes();
        }
        boolean odd = digits.length() % 2 == 1;
        String nibbles = odd ? digits : digits + "f";
        Writer out = new Writer().octet(nibble(nibbles, 0) << 4 | (odd ? 8 : 0) | kind.number);
        for (int i = 1; i < nibbles.length(); i += 2) {
            out.octet(nibble(nibbles, i + 1) << 4 | nibble(nibbles, i));
        }
        return out.toBytes();
    }

    private static int nibble(String digits, int index) {
        return Character.digit(digits.charAt(index), 16);
    }

    /** Reads length and value. */
    static MobileIdentity read(Octets in) throws MalformedException {
        byte[] value = in.lengthAndValue("mobile identity", 1, ENCODED_MAX);
        return of(value, in);
    }

    static MobileIdentity of(byte[] value, Octets in) throws MalformedException {
        if (value.length == 0 || value.length > ENCODED_MAX) {
            throw in.fault("mobile identity", "length " + value.length + " is outside of 1 to " + ENCODED_MAX);
        }
        Optional<Kind> kind = Kind.of(value[0] & 7);
        if (kind.isEmpty()) {
            throw in.fault("mobile identity", "type " + (value[0] & 7) + " is not known");
        }
        StringBuilder digits = new StringBuilder();
        if (kind.get() != Kind.TMSI) {
            digits.append(Character.forDigit(value[0] >> 4 & 15, 16));
        }
        for (int i = 1; i < value.length; i++) {
            int first = kind.get() == Kind.TMSI ? value[i] >> 4 : value[i];
            int second = kind.get() == Kind.TMSI ? value[i] : value[i] >> 4;
            digits.append(Character.forDigit(first & 15, 16)).append(Character.forDigit(second & 15, 16));
        }
        if (kind.get() != Kind.TMSI && (value[0] & 8) == 0) {
            if (digits.charAt(digits.length() - 1) != 'f') {
                throw in.fault("mobile identity", "an even number of digits does not end in the filler f");
            }
            digits.setLength(digits.length() - 1);
        }
        if (!digits.toString().matches(kind.get().form)) {
            throw in.fault("mobile identity", "is no " + kind.get());
        }
        return new MobileIdentity(kind.get(), digits.toString());
    }
}
