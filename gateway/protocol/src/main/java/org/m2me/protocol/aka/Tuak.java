// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.aka;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Function;
import org.m2me.protocol.crypto.SecretBytes;

/** TUAK (TS 35.231 6) on Keccak. Borrows its secrets from an AkaKey. */
final class Tuak implements AkaFunctions {
    /**
     * What an operator may choose (TS 35.231 5.2).
     *
     * @param mac bytes of MAC-A and MAC-S: 8, 16 or 32
     * @param res bytes of RES: 4, 8, 16 or 32
     * @param ck bytes of CK: 16 or 32
     * @param ik bytes of IK: 16 or 32
     * @param iterations how often Keccak is applied
     */
    record Parameters(int mac, int res, int ck, int ik, int iterations) {
        /** What the interfaces of 3GPP carry: MAC of 64 bits, CK and IK of 128; RES as long as Milenage's. */
        static final Parameters USUAL = new Parameters(8, 8, 16, 16, 1);
    }

    private static final byte[] ALGORITHM_NAME = "TUAK1.0".getBytes(StandardCharsets.US_ASCII);
    private static final int AK_LENGTH = 6;
    private static final int RAND_LENGTH = 16;
    private static final byte[] NO_RAND = new byte[RAND_LENGTH];
    private static final byte[] NO_SQN_AMF = new byte[8];

    // TS 35.231 6.3 to 6.7: bits of INSTANCE. Lengths of MAC and RES in bytes are their own code, RES of 4 excepted.
    private static final int F1_STAR = 0x80;
    private static final int F2_TO_F5 = 0x40;
    private static final int F5_STAR = 0xc0;
    private static final int K_OF_256 = 0x01;
    private static final int IK_OF_256 = 0x02;
    private static final int CK_OF_256 = 0x04;

    // The bytes of OUT, numbered from the least significant.
    private static final int OUT_CK = 32;
    private static final int OUT_IK = 64;
    private static final int OUT_AK = 96;

    private final SecretBytes k;
    private final SecretBytes topc;
    private final Parameters parameters;

    Tuak(SecretBytes k, SecretBytes topc, Parameters parameters) {
        this.k = k;
        this.topc = topc;
        this.parameters = parameters;
    }

    /** TOPc from TOP, 32 bytes. */
    static SecretBytes topc(SecretBytes k, SecretBytes top, int iterations) {
        Tuak tuak = new Tuak(k, top, new Parameters(8, 8, 16, 16, iterations));
        return tuak.out(0, NO_RAND, NO_SQN_AMF, out -> SecretBytes.takeFrom(field(out, 0, 32)));
    }

    @Override
    public byte[] f1(byte[] rand, long sqn, int amf) {
        return mac(parameters.mac(), rand, sqn, amf);
    }

    @Override
    public byte[] f1star(byte[] rand, long sqn, int amf) {
        return mac(F1_STAR | parameters.mac(), rand, sqn, amf);
    }

    @Override
    public F2345 f2345(byte[] rand) {
        int instance = F2_TO_F5
                | (parameters.res() == 4 ? 0 : parameters.res())
                | (parameters.ck() == 32 ? CK_OF_256 : 0)
                | (parameters.ik() == 32 ? IK_OF_256 : 0);
        return out(
                instance,
                rand,
                NO_SQN_AMF,
                out -> new F2345(
                        field(out, 0, parameters.res()),
                        field(out, OUT_CK, parameters.ck()),
                        field(out, OUT_IK, parameters.ik()),
                        field(out, OUT_AK, AK_LENGTH)));
    }

    @Override
    public byte[] f5star(byte[] rand) {
        return out(F5_STAR, rand, NO_SQN_AMF, out -> field(out, OUT_AK, AK_LENGTH));
    }

    private byte[] mac(int instance, byte[] rand, long sqn, int amf) {
        return out(instance, rand, Sqn.withAmf(sqn, amf), out -> field(out, 0, parameters.mac()));
    }

    private <T> T out(int instance, byte[] rand, byte[] sqnAndAmf, Function<byte[], T> function) {
        if (rand.length != RAND_LENGTH) {
            throw new IllegalArgumentException("RAND: " + rand.length + " bytes, wants " + RAND_LENGTH);
        }
        return k.use(key -> topc.use(constant -> {
            byte[] block = in(instance | (key.length == 32 ? K_OF_256 : 0), rand, sqnAndAmf, key, constant);
            try {
                permute(block);
                return function.apply(block);
            } finally {
                Arrays.fill(block, (byte) 0);
            }
        }));
    }

    /** IN: TOPc, INSTANCE, the name, RAND, AMF, SQN, K, padding; the standard numbers bits from the least significant. */
    private static byte[] in(int instance, byte[] rand, byte[] sqnAndAmf, byte[] key, byte[] constant) {
        byte[] block = new byte[Keccak.STATE_LENGTH];
        putReversed(constant, block, 0);
        block[32] = (byte) instance;
        putReversed(ALGORITHM_NAME, block, 33);
        putReversed(rand, block, 40);
        putReversed(sqnAndAmf, block, 56); // reversed, AMF comes first
        putReversed(key, block, 64);
        block[96] = 0x1f;
        block[135] = (byte) 0x80;
        return block;
    }

    private void permute(byte[] block) {
        ByteBuffer littleEndian = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
        long[] lanes = new long[Keccak.STATE_LENGTH / Long.BYTES];
        littleEndian.asLongBuffer().get(lanes);
        for (int i = 0; i < parameters.iterations(); i++) {
            Keccak.permute(lanes);
        }
        littleEndian.asLongBuffer().put(lanes);
        Arrays.fill(lanes, 0);
    }

    private static byte[] field(byte[] out, int offset, int length) {
        byte[] field = new byte[length];
        for (int i = 0; i < length; i++) {
            field[i] = out[offset + length - 1 - i];
        }
        return field;
    }

    private static void putReversed(byte[] field, byte[] block, int offset) {
        for (int i = 0; i < field.length; i++) {
            block[offset + i] = field[field.length - 1 - i];
        }
    }
}
