// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.identity;

/**
 * Provisional Connectivity ID: lets a device that has no operator yet attach once. It has the form of an IMSI, so that a
 * visited network needs to know nothing of M2M (TR 33.812 5.2.5.6.3.1).
 */
public record Pcid(Imsi imsi) {
    /** @throws IllegalArgumentException if these digits are no IMSI */
    public static Pcid of(String digits) {
        return new Pcid(new Imsi(digits));
    }

    @Override
    public String toString() {
        return imsi.digits();
    }
}
