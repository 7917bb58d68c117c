// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.aka;

/**
 * How sequence numbers are kept (TS 33.102 annex C).
 *
 * @param indBits length of IND: SQN = SEQ || IND; 5 by default, so 32 places
 * @param delta largest accepted jump of SEQ; 2^28 by default (C.3)
 * @param ageLimit L of C.2.2: how far behind the highest SEQ one may be; 0 for no limit
 */
public record SqnParameters(int indBits, long delta, long ageLimit) {
    /** The usual ones. */
    public static final SqnParameters DEFAULT = new SqnParameters(5, 1L << 28, 0);

    public SqnParameters {
        if (indBits < 0 || indBits > 8 || delta < 1 || delta >= 1L << 43 || ageLimit < 0) {
            throw new IllegalArgumentException("SQN parameters: IND bits 0..8, delta 1..2^43, limit from 0; are "
                    + indBits + ", " + delta + ", " + ageLimit);
        }
    }
}
