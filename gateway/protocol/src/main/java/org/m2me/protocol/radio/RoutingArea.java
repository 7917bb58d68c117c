// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.radio;

import org.m2me.protocol.identity.Plmn;

/**
 * Where in a network (TS 24.008 10.5.5.15).
 *
 * @param location LAC, 16 bits
 * @param routing RAC, 8 bits
 */
public record RoutingArea(Plmn plmn, int location, int routing) {
    private static final int FILLER = 15; // third digit of a MNC that has two

    void write(Writer out) {
        writePlmn(plmn, out);
        out.sixteen(location).octet(routing);
    }

    static RoutingArea read(Octets in) throws MalformedException {
        Plmn plmn = readPlmn(in);
        return new RoutingArea(plmn, in.sixteen("location area"), in.octet("routing area"));
    }

    private static void writePlmn(Plmn plmn, Writer out) {
        String mcc = plmn.mcc();
        String mnc = plmn.mnc();
        int third = mnc.length() == 3 ? digit(mnc, 2) : FILLER;
        out.octet(digit(mcc, 1) << 4 | digit(mcc, 0))
                .octet(third << 4 | digit(mcc, 2))
                .octet(digit(mnc, 1) << 4 | digit(mnc, 0));
    }

    private static int digit(String digits, int index) {
        return digits.charAt(index) - '0';
    }

    private static Plmn readPlmn(Octets in) throws MalformedException {
        byte[] octets = in.take(3, "PLMN");
        int third = octets[1] >> 4 & 15;
        String mcc = nibble(octets[0]) + nibble(octets[0] >> 4) + nibble(octets[1]);
        String mnc = nibble(octets[2]) + nibble(octets[2] >> 4) + (third == FILLER ? "" : nibble(third));
        try {
            return new Plmn(mcc, mnc);
        } catch (IllegalArgumentException e) {
            throw in.fault("PLMN", mcc + "-" + mnc + " is not decimal");
        }
    }

    private static String nibble(int value) {
        return Integer.toHexString(value & 15);
    }
}
