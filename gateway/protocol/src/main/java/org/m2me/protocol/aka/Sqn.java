// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.aka;

import java.nio.ByteBuffer;

/** Sequence numbers as they are on the wire: 48 bits, big-endian. */
final class Sqn {
    static final int LENGTH = 6;
    static final long MAX = (1L << 48) - 1;

    private Sqn() {}

    /** SQN || AMF, 8 bytes. */
    static byte[] withAmf(long sqn, int amf) {
        if (amf < 0 || amf > 0xffff) {
            throw new IllegalArgumentException("AMF: " + amf + " is not 16 bits");
        }
        return ByteBuffer.allocate(8).putLong(0, checked(sqn) << 16 | amf).array();
    }

    /** SQN xor AK, 6 bytes. */
    static byte[] concealed(long sqn, byte[] ak) {
        byte[] hidden = new byte[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            hidden[i] = (byte) ((checked(sqn) >>> (8 * (LENGTH - 1 - i))) ^ ak[i]);
        }
        return hidden;
    }

    /** The SQN at the beginning of an AUTN or AUTS. */
    static long revealed(byte[] token, byte[] ak) {
        long sqn = 0;
        for (int i = 0; i < LENGTH; i++) {
            sqn = (sqn << 8) | ((token[i] ^ ak[i]) & 0xff);
        }
        return sqn;
    }

    /** @throws IllegalArgumentException unless it is one of 48 bits */
    static long checked(long sqn) {
        if (sqn < 0 || sqn > MAX) {
            throw new IllegalArgumentException("SQN: " + sqn + " is not 48 bits");
        }
        return sqn;
    }
}
