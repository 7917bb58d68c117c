// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.identity;

/**
 * Universal Entity ID of a device (RFC 9711 4.2.1): type 0x01 (RAND) and 16 random bytes, given at manufacture.
 *
 * @param value 17 bytes, the first of them 0x01
 */
public record Ueid(Opaque value) {
    /** Bytes in a UEID, type included. */
    public static final int LENGTH = 17;

    public Ueid {
        if (value.length() != LENGTH || value.bytes()[0] != 1) {
            throw new IllegalArgumentException("UEID: " + value.length() + " bytes, wants 17 that begin with 01");
        }
    }

    /** @throws IllegalArgumentException if these are not 34 hexadecimal digits that begin with 01 */
    public static Ueid hex(String digits) {
        return new Ueid(Opaque.hex(digits));
    }

    /** Lower-case hexadecimal, 34 digits: the name in paths, certificates and logs. */
    public String hex() {
        return value.hex();
    }

    @Override
    public String toString() {
        return hex();
    }
}
