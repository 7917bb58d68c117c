// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import java.util.Locale;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Plmn;

/**
 * IMSIs that follow one another, for subscriptions that are still to be made.
 *
 * @param first of them
 * @param count how many, at least 1
 */
public record ImsiRange(Imsi first, long count) {
    private static final int DIGITS = 15;

    public ImsiRange {
        int length = first.digits().length();
        if (count < 1 || count > 1_000_000_000L) {
            throw new IllegalArgumentException("IMSI range: wants 1 to 1,000,000,000 numbers, has " + count);
        }
        if (Long.toString(number(first) + count - 1).length() > length) {
            throw new IllegalArgumentException(
                    "IMSI range: " + count + " from " + first + " on run over " + length + " digits");
        }
    }

    /**
     * Those of one operator, with 15 digits.
     *
     * @param first subscriber number (MSIN)
     */
    public static ImsiRange of(Plmn operator, long first, long count) {
        String network = operator.mcc() + operator.mnc();
        return new ImsiRange(new Imsi(network + digits(first, DIGITS - network.length())), count);
    }

    /** @param index from 0 */
    public Imsi at(long index) {
        if (index < 0 || index >= count) {
            throw new IllegalArgumentException("IMSI range: has no number " + index);
        }
        int length = first.digits().length();
        return new Imsi(digits(number(first) + index, length));
    }

    public boolean contains(Imsi imsi) {
        long offset = number(imsi) - number(first);
        return imsi.digits().length() == first.digits().length() && offset >= 0 && offset < count;
    }

    /** The index of one that it contains. */
    public long indexOf(Imsi imsi) {
        if (!contains(imsi)) {
            throw new IllegalArgumentException("IMSI range: does not contain " + imsi);
        }
        return number(imsi) - number(first);
    }

    /** Whether some IMSI is in both. */
    public boolean overlaps(ImsiRange other) {
        return contains(other.first) || other.contains(first);
    }

    private static String digits(long number, int length) {
        return String.format(Locale.ROOT, "%0" + length + "d", number);
    }

    private static long number(Imsi imsi) {
        return Long.parseLong(imsi.digits());
    }
}
