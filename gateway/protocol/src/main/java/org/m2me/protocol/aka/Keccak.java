// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.aka;

/** The permutation Keccak-f[1600] (FIPS 202 3.3). It reads no table by secret index, so its time tells nothing. */
final class Keccak {
    static final int STATE_LENGTH = 200;

    private static final int ROUNDS = 24;
    private static final int LANES = 25;

    private Keccak() {}

    /** Permutes 25 lanes in place. Lane (x, y) is at x + 5y. */
    static void permute(long[] lanes) {
        int lfsr = 1;
        for (int round = 0; round < ROUNDS; round++) {
            theta(lanes);
            rhoAndPi(lanes);
            chi(lanes);
            for (int j = 0; j <= 6; j++) { // iota: the round constant's bits 2^j - 1 come from a shift register
                lanes[0] ^= (long) (lfsr & 1) << ((1 << j) - 1);
                lfsr = lfsr << 1 ^ (lfsr >> 7) * 0x171;
            }
        }
    }

    private static void theta(long[] lanes) {
        long[] parity = new long[5];
        for (int i = 0; i < LANES; i++) {
            parity[i % 5] ^= lanes[i];
        }
        for (int i = 0; i < LANES; i++) {
            lanes[i] ^= parity[(i + 4) % 5] ^ Long.rotateLeft(parity[(i + 1) % 5], 1);
        }
    }

    private static void rhoAndPi(long[] lanes) {
        int x = 1;
        int y = 0;
        long moving = lanes[1];
        for (int t = 0; t < LANES - 1; t++) {
            int nextY = (2 * x + 3 * y) % 5;
            x = y;
            y = nextY;
            long displaced = lanes[x + 5 * y];
            lanes[x + 5 * y] = Long.rotateLeft(moving, (t + 1) * (t + 2) / 2);
            moving = displaced;
        }
    }

    private static void chi(long[] lanes) {
        for (int y = 0; y < LANES; y += 5) {
            long first = lanes[y];
            long second = lanes[y + 1];
            for (int x = 0; x < 5; x++) {
                long next = x < 4 ? lanes[y + x + 1] : first;
                long afterNext = x < 3 ? lanes[y + x + 2] : x == 3 ? first : second;
                lanes[y + x] ^= ~next & afterNext;
            }
        }
    }
}
