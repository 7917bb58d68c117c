// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.aka;

import java.util.Arrays;
import org.m2me.protocol.crypto.SecretBytes;

/**
 * The test algorithm (TS 34.108 8.1.2.1): everything is K xor RAND, shifted. It has no f5* of its own, and OPc has no
 * part in it. Borrows its secret from an AkaKey.
 */
final class TestXor implements AkaFunctions {
    private static final int BLOCK = 16;
    private static final int MAC_LENGTH = 8;
    private static final int AK_OFFSET = 3;
    private static final int AK_LENGTH = 6;
    private static final int CK_SHIFT = 1;
    private static final int IK_SHIFT = 2;

    private final SecretBytes k;
    private final int resLength;

    TestXor(SecretBytes k, int resLength) {
        this.k = k;
        this.resLength = resLength;
    }

    @Override
    public byte[] f1(byte[] rand, long sqn, int amf) {
        byte[] xdout = xdout(rand);
        byte[] cdout = Sqn.withAmf(sqn, amf);
        byte[] mac = new byte[MAC_LENGTH];
        for (int i = 0; i < MAC_LENGTH; i++) {
            mac[i] = (byte) (xdout[i] ^ cdout[i]);
        }
        Arrays.fill(xdout, (byte) 0);
        return mac;
    }

    @Override
    public byte[] f1star(byte[] rand, long sqn, int amf) {
        return f1(rand, sqn, amf);
    }

    @Override
    public F2345 f2345(byte[] rand) {
        byte[] xdout = xdout(rand);
        try {
            return new F2345(
                    Arrays.copyOf(xdout, resLength),
                    shifted(xdout, CK_SHIFT),
                    shifted(xdout, IK_SHIFT),
                    Arrays.copyOfRange(xdout, AK_OFFSET, AK_OFFSET + AK_LENGTH));
        } finally {
            Arrays.fill(xdout, (byte) 0);
        }
    }

    @Override
    public byte[] f5star(byte[] rand) {
        byte[] xdout = xdout(rand);
        try {
            return Arrays.copyOfRange(xdout, AK_OFFSET, AK_OFFSET + AK_LENGTH);
        } finally {
            Arrays.fill(xdout, (byte) 0);
        }
    }

    private byte[] xdout(byte[] rand) {
        if (rand.length != BLOCK) {
            throw new IllegalArgumentException("RAND: " + rand.length + " bytes, wants " + BLOCK);
        }
        return k.use(key -> {
            byte[] xdout = new byte[BLOCK];
            for (int i = 0; i < BLOCK; i++) {
                xdout[i] = (byte) (key[i] ^ rand[i]);
            }
            return xdout;
        });
    }

    private static byte[] shifted(byte[] block, int left) {
        byte[] turned = new byte[BLOCK];
        for (int i = 0; i < BLOCK; i++) {
            turned[i] = block[(i + left) % BLOCK];
        }
        return turned;
    }
}
