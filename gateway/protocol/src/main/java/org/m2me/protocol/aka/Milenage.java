// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.aka;

import java.util.Arrays;
import java.util.function.Function;
import org.m2me.protocol.crypto.SecretBytes;

/** Milenage (TS 35.206 4.1), with the constants that its operator chose. Borrows its secrets from an AkaKey. */
final class Milenage implements AkaFunctions {
    private static final int MAC_LENGTH = 8;
    private static final int AK_LENGTH = 6;

    private final SecretBytes k;
    private final SecretBytes opc;
    private final int[] rotations;
    private final byte[][] constants;

    Milenage(SecretBytes k, SecretBytes opc, AkaConstants chosen) {
        this.k = k;
        this.opc = opc;
        this.rotations = chosen.rotations();
        this.constants = chosen.xors();
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
            byte[] out2 = block.out(2);
            try {
                byte[] res = Arrays.copyOfRange(out2, 8, 16);
                return new F2345(res, block.out(3), block.out(4), Arrays.copyOf(out2, AK_LENGTH));
            } finally {
                Arrays.fill(out2, (byte) 0);
            }
        });
    }

    @Override
    public byte[] f5star(byte[] rand) {
        return keyed(rand, block -> {
            byte[] out5 = block.out(5);
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
    private final class Keyed {
        private final AesBlock aes;
        private final byte[] opc;
        private final byte[] temp;

        Keyed(AesBlock aes, byte[] opc, byte[] temp) {
            this.aes = aes;
            this.opc = opc;
            this.temp = temp;
        }

        byte[] out1(byte[] in1) {
            return encrypted(xor(temp, rotated(xor(in1, opc), rotations[0])), 1);
        }

        /** OUT2 to OUT5. */
        byte[] out(int number) {
            return encrypted(rotated(xor(temp, opc), rotations[number - 1]), number);
        }

        private byte[] encrypted(byte[] rotated, int number) {
            byte[] in = xor(rotated, constants[number - 1]);
            Arrays.fill(rotated, (byte) 0);
            byte[] out = xor(aes.encrypt(in), opc);
            Arrays.fill(in, (byte) 0);
            return out;
        }
    }

    private static byte[] rotated(byte[] block, int bits) {
        byte[] turned = new byte[block.length];
        for (int i = 0; i < block.length; i++) {
            int high = block[(i + bits / 8) % block.length] & 0xff;
            int low = block[(i + bits / 8 + 1) % block.length] & 0xff;
            turned[i] = (byte) ((high << 8 | low) >> (8 - bits % 8));
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
