// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.aka;

import java.util.Arrays;

/** The USIM's side of sequence numbers: the highest SEQ seen in each place (TS 33.102 C.2). Never changes. */
public final class SqnArray {
    private final SqnParameters parameters;
    private final long[] highest;

    private SqnArray(SqnParameters parameters, long[] highest) {
        this.parameters = parameters;
        this.highest = highest;
    }

    /**
     * As it was stored.
     *
     * @param highest one SEQ for each place, 2^indBits of them; all zero for a new subscription
     */
    public static SqnArray of(SqnParameters parameters, long[] highest) {
        if (highest.length != 1 << parameters.indBits()) {
            throw new IllegalArgumentException("SEQ array: " + highest.length + " places, IND of "
                    + parameters.indBits() + " bits has " + (1 << parameters.indBits()));
        }
        for (long seq : highest) {
            if (seq < 0 || seq > Sqn.MAX >>> parameters.indBits()) {
                throw new IllegalArgumentException("SEQ array: " + seq + " is out of range");
            }
        }
        return new SqnArray(parameters, highest.clone());
    }

    /** All zero. */
    public static SqnArray fresh(SqnParameters parameters) {
        return new SqnArray(parameters, new long[1 << parameters.indBits()]);
    }

    /** Whether this SQN is fresh (C.2.2), without storing it. */
    public boolean isFresh(long sqn) {
        long seq = seq(sqn);
        long ahead = seq - seq(highest());
        // C.2.3: neither too old nor a jump so large that it would use up the numbers of the subscription.
        boolean withinLimits =
                ahead <= parameters.delta() && (parameters.ageLimit() == 0 || -ahead < parameters.ageLimit());
        return withinLimits && seq > highest[place(sqn)];
    }

    /**
     * A copy in which this fresh SQN was accepted: to be stored durably before RES is released.
     *
     * @throws IllegalArgumentException if it is not fresh
     */
    public SqnArray accepting(long sqn) {
        if (!isFresh(sqn)) {
            throw new IllegalArgumentException("SQN: " + sqn + " is not fresh");
        }
        SqnArray next = new SqnArray(parameters, highest.clone());
        next.highest[place(sqn)] = seq(sqn);
        return next;
    }

    /** SQN_MS: the highest accepted anywhere in the array, for AUTS. */
    public long highest() {
        long sqn = 0;
        for (int place = 0; place < highest.length; place++) {
            if (highest[place] > 0) {
                sqn = Math.max(sqn, highest[place] << parameters.indBits() | place);
            }
        }
        return sqn;
    }

    /** Whether nothing was accepted yet. */
    public boolean isFresh() {
        return Arrays.stream(highest).allMatch(seq -> seq == 0);
    }

    /** A copy of the SEQ values, to be stored. */
    public long[] values() {
        return highest.clone();
    }

    public SqnParameters parameters() {
        return parameters;
    }

    private long seq(long sqn) {
        return Sqn.checked(sqn) >>> parameters.indBits();
    }

    private int place(long sqn) {
        return (int) (sqn & (1 << parameters.indBits()) - 1);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SqnArray that
                && parameters.equals(that.parameters)
                && Arrays.equals(highest, that.highest);
    }

    @Override
    public int hashCode() {
        return 31 * parameters.hashCode() + Arrays.hashCode(highest);
    }

    @Override
    public String toString() {
        return "SqnArray" + Arrays.toString(highest);
    }
}
