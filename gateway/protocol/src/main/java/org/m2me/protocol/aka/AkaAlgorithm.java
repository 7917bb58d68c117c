// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.aka;

/** The algorithm sets a USIM and its authentication centre may share. */
public enum AkaAlgorithm {
    /** TS 35.206, on AES-128. K and OPc of 16 bytes. */
    MILENAGE(1, 16),
    /** TS 35.231, on Keccak. K of 16 or 32 bytes, TOPc of 32. */
    TUAK(2, 32),
    /**
     * The test algorithm of TS 34.108 8.1.2, for networks in a laboratory: whoever hears one answer has K. K of 16 bytes;
     * the 16 of OPc are carried and not used.
     */
    XOR(3, 16);

    private final int number;
    private final int opcLength;

    AkaAlgorithm(int number, int opcLength) {
        this.number = number;
        this.opcLength = opcLength;
    }

    /** The number on the wire: algorithmID of the interoperable profile package. */
    public int number() {
        return number;
    }

    /** Bytes of OPc, or of TOPc. */
    public int opcLength() {
        return opcLength;
    }

    /** Whether it protects nothing, so that only who asks for it in so many words gets it. */
    public boolean isForTests() {
        return this == XOR;
    }

    /** @throws IllegalArgumentException if no algorithm has this number */
    public static AkaAlgorithm of(long number) {
        for (AkaAlgorithm algorithm : values()) {
            if (algorithm.number == number) {
                return algorithm;
            }
        }
        throw new IllegalArgumentException("algorithm: " + number
                + " is not run here; 1 is Milenage, 2 is TUAK, 3 is the test algorithm of TS 34.108");
    }
}
