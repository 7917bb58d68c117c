// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.aka;

import java.util.Arrays;
import java.util.Set;
import org.m2me.protocol.identity.Opaque;

/**
 * What an operator may choose of an algorithm besides OPc, in the algorithm's own form; no bytes for what the standard
 * itself chooses, which has no other form.
 *
 * <ul>
 *   <li>Milenage (TS 35.206 5.3): r1 to r5 in bits, a byte each; then c1 to c5, 16 bytes each.
 *   <li>TUAK (TS 35.231 5.2): bytes of RES, iterations of Keccak; MAC is of 8 bytes, CK and IK of 16, as 3GPP carries them.
 *   <li>The test algorithm (TS 34.108 8.1.2): bytes of RES.
 * </ul>
 */
public record AkaConstants(Opaque bytes) {
    /** As the standards have them: RES of 8 bytes, of 16 with the test algorithm. */
    public static final AkaConstants STANDARD = new AkaConstants(Opaque.of());

    /** Bytes of the longest. */
    public static final int LENGTH_MAX = 85;

    private static final int ROUNDS = 5;
    private static final int BLOCK = 16;
    private static final int BITS = 8 * BLOCK;
    private static final byte[] STANDARD_R = {64, 0, 32, 64, 96};
    private static final byte[] STANDARD_C = standardC();
    private static final int RES_MAX = 16; // the most that the AUTHENTICATE command and 3GPP's messages carry
    private static final Set<Integer> TUAK_RES = Set.of(4, 8, RES_MAX);
    private static final int TUAK_LENGTH = 2;
    private static final int TUAK_STANDARD_RES = 8;
    private static final int XOR_RES_MIN = 4;

    /** Milenage's r1 to r5, as the standard has them. */
    public static byte[] standardRotations() {
        return STANDARD_R.clone();
    }

    /** Milenage's c1 to c5, as the standard has them. */
    public static byte[] standardXors() {
        return STANDARD_C.clone();
    }

    /**
     * Milenage's.
     *
     * @param r 5 bytes, rotations in bits
     * @param c 80 bytes
     */
    public static AkaConstants milenage(byte[] r, byte[] c) {
        if (r.length != ROUNDS || c.length != ROUNDS * BLOCK) {
            throw new IllegalArgumentException(
                    "Milenage: rotations of " + r.length + " and constants of " + c.length + " bytes, wants 5 and 80");
        }
        if (Arrays.equals(r, STANDARD_R) && Arrays.equals(c, STANDARD_C)) {
            return STANDARD;
        }
        return new AkaConstants(Opaque.of(both(r, c))).checked(AkaAlgorithm.MILENAGE);
    }

    private static byte[] both(byte[] r, byte[] c) {
        byte[] both = Arrays.copyOf(r, LENGTH_MAX);
        System.arraycopy(c, 0, both, ROUNDS, c.length);
        return both;
    }

    /** TUAK's; RES in bytes. */
    public static AkaConstants tuak(int res, int iterations) {
        if (res == TUAK_STANDARD_RES && iterations == 1) {
            return STANDARD;
        }
        if (iterations < 1 || iterations > 255) {
            throw new IllegalArgumentException("TUAK: " + iterations + " iterations, wants 1 to 255");
        }
        return new AkaConstants(Opaque.of((byte) res, (byte) iterations)).checked(AkaAlgorithm.TUAK);
    }

    /** The test algorithm's; RES in bytes. */
    public static AkaConstants xor(int res) {
        return res == RES_MAX ? STANDARD : new AkaConstants(Opaque.of((byte) res)).checked(AkaAlgorithm.XOR);
    }

    /** This, if it is of that algorithm. @throws IllegalArgumentException if it is not */
    AkaConstants checked(AkaAlgorithm algorithm) {
        if (!equals(STANDARD)) {
            switch (algorithm) {
                case MILENAGE -> checkMilenage(bytes.bytes());
                case TUAK -> checkTuak(bytes.bytes());
                case XOR -> checkXor(bytes.bytes());
            }
        }
        return this;
    }

    private static void checkMilenage(byte[] both) {
        boolean standard = Arrays.equals(both, both(STANDARD_R, STANDARD_C));
        if (both.length != LENGTH_MAX || standard) {
            throw new IllegalArgumentException("Milenage: constants of " + both.length
                    + " bytes, wants none for the standard ones, else " + LENGTH_MAX);
        }
        for (int i = 0; i < ROUNDS; i++) {
            if (both[i] < 0) {
                throw new IllegalArgumentException("Milenage: r" + (i + 1) + " is not below " + BITS + " bits");
            }
            for (int j = 0; j < i; j++) {
                // TS 35.206 5.3: else two functions would give the same.
                if (both[i] == both[j] && Arrays.equals(both, c(i), c(i + 1), both, c(j), c(j + 1))) {
                    throw new IllegalArgumentException(
                            "Milenage: rotation and constant " + (j + 1) + " are those of " + (i + 1));
                }
            }
        }
    }

    private static int c(int round) {
        return ROUNDS + round * BLOCK;
    }

    private static void checkTuak(byte[] both) {
        boolean fits = both.length == TUAK_LENGTH
                && TUAK_RES.contains((int) both[0])
                && both[1] != 0
                && !(both[0] == TUAK_STANDARD_RES && both[1] == 1);
        if (!fits) {
            throw new IllegalArgumentException(
                    "TUAK: wants RES of 4, 8 or 16 bytes and at least one iteration, or nothing for 8 and 1");
        }
    }

    private static void checkXor(byte[] res) {
        if (res.length != 1 || res[0] < XOR_RES_MIN || res[0] >= RES_MAX) {
            throw new IllegalArgumentException("test algorithm: wants RES of 4 to 15 bytes, or nothing for 16");
        }
    }

    /** r1 to r5 in bits. */
    int[] rotations() {
        byte[] r = equals(STANDARD) ? STANDARD_R : bytes.bytes();
        return new int[] {r[0], r[1], r[2], r[3], r[4]};
    }

    /** c1 to c5. */
    byte[][] xors() {
        byte[] c = equals(STANDARD) ? STANDARD_C : Arrays.copyOfRange(bytes.bytes(), ROUNDS, LENGTH_MAX);
        byte[][] xors = new byte[ROUNDS][];
        for (int i = 0; i < ROUNDS; i++) {
            xors[i] = Arrays.copyOfRange(c, i * BLOCK, (i + 1) * BLOCK);
        }
        return xors;
    }

    Tuak.Parameters tuak() {
        if (equals(STANDARD)) {
            return Tuak.Parameters.USUAL;
        }
        byte[] both = bytes.bytes();
        Tuak.Parameters usual = Tuak.Parameters.USUAL;
        return new Tuak.Parameters(usual.mac(), both[0], usual.ck(), usual.ik(), Byte.toUnsignedInt(both[1]));
    }

    int xorRes() {
        return equals(STANDARD) ? RES_MAX : bytes.bytes()[0];
    }

    /** c1 is zero; of the others one bit is set in the last byte: 1, 2, 4, 8. */
    private static byte[] standardC() {
        byte[] c = new byte[ROUNDS * BLOCK];
        for (int i = 1; i < ROUNDS; i++) {
            c[(i + 1) * BLOCK - 1] = (byte) (1 << (i - 1));
        }
        return c;
    }

    @Override
    public String toString() {
        return "AkaConstants[" + (equals(STANDARD) ? "standard" : bytes.length() + " bytes") + "]";
    }
}
