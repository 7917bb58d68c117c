// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.supplier;

import java.time.Duration;
import java.util.Locale;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Plmn;

/**
 * Numbers from which PCIDs are made.
 *
 * @param operator whose ICF answers for them
 * @param first the first subscriber number (MSIN)
 * @param count how many there are
 * @param lifetime of each PCID
 */
public record PcidRange(Plmn operator, long first, long count, Duration lifetime) {
    private static final int IMSI_DIGITS = 15;

    /** The PCID with this index. @throws IllegalArgumentException unless it is from 0 to {@code count - 1} */
    public Pcid at(long index) {
        if (index < 0 || index >= count) {
            throw new IllegalArgumentException("PCID range " + operator + ": has " + count + ", asked for " + index);
        }
        String network = operator.mcc() + operator.mnc();
        String format = "%0" + (IMSI_DIGITS - network.length()) + "d";
        return Pcid.of(network + String.format(Locale.ROOT, format, first + index));
    }
}
