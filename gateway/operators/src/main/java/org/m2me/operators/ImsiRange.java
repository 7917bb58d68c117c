// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import org.m2me.protocol.identity.Imsi;

/**
 * IMSIs that follow one another, for subscriptions that are still to be made.
 *
 * @param first of them
 * @param count how many, at least 1
 */
public record ImsiRange(Imsi first, long count) {
    public ImsiRange {
        int length = first.digits().length();
        if (count < 1 || count > 1_000_000_000L) {
            throw new IllegalArgumentException("IMSI range: wants 1 to 1,000,000,000 numbers, has " + count);
        }
        if (Long.toString(number(first) + count - 1).length() > length) {
            throw new IllegalArgumentException("IMSI range: runs over " + length + " digits");
        }
    }

    /** @param index from 0 */
    public Imsi at(long index) {
        if (index < 0 || index >= count) {
            throw new IllegalArgumentException("IMSI range: has no number " + index);
        }
        int length = first.digits().length();
        return new Imsi(String.format("%0" + length + "d", number(first) + index));
    }

    public boolean contains(Imsi imsi) {
        long offset = number(imsi) - number(first);
        return imsi.digits().length() == first.digits().length() && offset >= 0 && offset < count;
    }

    private static long number(Imsi imsi) {
        return Long.parseLong(imsi.digits());
    }
}
