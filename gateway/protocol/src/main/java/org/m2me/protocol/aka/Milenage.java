// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.aka;

import java.util.Arrays;
import java.util.function.Function;
import org.m2me.protocol.crypto.SecretBytes;

/** Milenage (TS 35.206 4.1) with the standard constants c1 to c5 and r1 to r5. Borrows its secrets from an AkaKey. */
final class Milenage implements AkaFunctions {
    private static final int MAC_LENGTH = 8;
    private static final int AK_LENGTH = 6;

    private final SecretBytes k;
    private final SecretBytes opc;

    Milenage(SecretBytes k, SecretBytes opc) {
        this.k = k;
        this.opc = opc;
    }

    /** OPc = OP xor E_K(OP). */
    static SecretBytes opc(SecretBytes k, SecretBytes op) {
        return k.use(key -> op.use(constant -> {
            try (AesBlock aes = new AesBlock(key)) {
                return SecretBytes.takeFrom(xor(aes.encrypt(constant), constant));
            }
        }));
    }

    @Override
    public byte[] f1(byte[] rand, long sqn, int amf) {
        return out1(rand, sqn, amf, 0);
    }

    @Override
    public byte[] f1star(byte[] rand, long sqn, int amf) {
        return out1(rand, sqn, amf, MAC_LENGTH);
    }

    @Override
    public F2345 f2345(byte[] rand) {
        return keyed(rand, block -> {
            byte[] out2 = block.out(0, 1);
            try {
                byte[] res = Arrays.copyOfRange(out2, 8, 16);
                return new F2345(res, block.out(4, 2), block.out(8, 4), Arrays.copyOf(out2, AK_LENGTH));
            } finally {
                Arrays.fill(out2, (byte) 0);
            }
        });
    }

    @Override
    public byte[] f5star(byte[] rand) {
        return keyed(rand, block -> {
            byte[] out5 = block.out(12, 8);
            try {
                return Arrays.copyOf(out5, AK_LENGTH);
            } finally {
                Arrays.fill(out5, (byte) 0);
            }
        });
    }

    private byte[] out1(byte[] rand, long sqn, int amf, int offset) {
        byte[] half = Sqn.withAmf(sqn, amf);
        byte[] in1 = Arrays.copyOf(half, AesBlock.SIZE);
        System.arraycopy(half, 0, in1, half.length, half.length);
        return keyed(rand, block -> Arrays.copyOfRange(block.out1(in1), offset, offset + MAC_LENGTH));
    }

    private <T> T keyed(byte[] rand, Function<Keyed, T> function) {
        if (rand.length != AesBlock.SIZE) {
            throw new IllegalArgumentException("RAND: " + rand.length + " bytes, wants " + AesBlock.SIZE);
        }
        return k.use(key -> opc.use(constant -> {
            try (AesBlock aes = new AesBlock(key)) {
                byte[] temp = aes.encrypt(xor(rand, constant));
                try {
                    return function.apply(new Keyed(aes, constant, temp));
                } finally {
                    Arrays.fill(temp, (byte) 0);
                }
            }
        }));
    }

    /** One challenge under one key: TEMP = E_K(RAND xor OPc), from which each OUT is one more block. */
    @SuppressWarnings("ArrayRecordComponent") // lives for one call
    private record Keyed(AesBlock aes, byte[] opc, byte[] temp) {
        /** OUT1: r1 is 64 bits, c1 is zero. */
        byte[] out1(byte[] in1) {
            return xor(aes.encrypt(xor(temp, rotated(xor(in1, opc), 8))), opc);
        }

        /** OUT2 to OUT5; r is the rotation in bytes, c the last byte of the constant: all others are zero. */
        byte[] out(int r, int c) {
            byte[] in = rotated(xor(temp, opc), r);
            in[AesBlock.SIZE - 1] ^= (byte) c;
            byte[] out = xor(aes.encrypt(in), opc);
            Arrays.fill(in, (byte) 0);
            return out;
        }

        @Override
        public String toString() {
            return "Keyed";
        }
    }

    private static byte[] rotated(byte[] block, int left) {
        byte[] turned = new byte[block.length];
        for (int i = 0; i < block.length; i++) {
            turned[i] = block[(i + left) % block.length];
        }
        return turned;
    }

    private static byte[] xor(byte[] a, byte[] b) {
        byte[] sum = new byte[a.length];
        for (int i = 0; i < a.length; i++) {
            sum[i] = (byte) (a[i] ^ b[i]);
        }
        return sum;
    }
}
