// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.aka;

/** The algorithm sets a USIM and its authentication centre may share. */
public enum AkaAlgorithm {
    /** TS 35.206, on AES-128. K and OPc of 16 bytes. */
    MILENAGE(1),
    /** TS 35.231, on Keccak, one iteration, RES of 8 bytes. K of 16 or 32 bytes, TOPc of 32. */
    TUAK(2);

    private final int number;

    AkaAlgorithm(int number) {
        this.number = number;
    }

    /** The number on the wire: algorithmID of the interoperable profile package. */
    public int number() {
        return number;
    }

    /** @throws IllegalArgumentException if no algorithm has this number */
    public static AkaAlgorithm of(long number) {
        for (AkaAlgorithm algorithm : values()) {
            if (algorithm.number == number) {
                return algorithm;
            }
        }
        throw new IllegalArgumentException("algorithm: " + number + " is not run here; 1 is Milenage, 2 is TUAK");
    }
}
