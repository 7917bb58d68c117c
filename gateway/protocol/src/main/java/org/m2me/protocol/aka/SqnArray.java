// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.aka;

/** The USIM's side of sequence numbers: the highest SEQ seen in each place (TS 33.102 C.2). Not thread-safe. */
public final class SqnArray {
    private SqnArray() {}

    /** @param highest one SEQ for each place, 2^indBits of them; all zero for a new subscription */
    public static SqnArray of(SqnParameters parameters, long[] highest) {
        throw new UnsupportedOperationException();
    }

    /** All zero. */
    public static SqnArray fresh(SqnParameters parameters) {
        throw new UnsupportedOperationException();
    }

    /** Whether this SQN is fresh (C.2.2), without storing it. */
    public boolean isFresh(long sqn) {
        throw new UnsupportedOperationException();
    }

    /** A copy in which this fresh SQN was accepted: to be stored durably before RES is released. */
    public SqnArray accepting(long sqn) {
        throw new UnsupportedOperationException();
    }

    /** SQN_MS: the highest accepted anywhere in the array, for AUTS. */
    public long highest() {
        throw new UnsupportedOperationException();
    }

    /** A copy of the SEQ values, to be stored. */
    public long[] values() {
        throw new UnsupportedOperationException();
    }

    public SqnParameters parameters() {
        throw new UnsupportedOperationException();
    }
}
