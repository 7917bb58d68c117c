// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.gsup;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.m2me.protocol.aka.AuthenticationVector;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.radio.MalformedException;

/** The content of an AUTH_TUPLE: a quintet, and the triplet that follows from it (TS 33.102 6.8.1.2). */
final class VectorTuple {
    private static final int RAND = 0x20;
    private static final int SRES = 0x21;
    private static final int KC = 0x22;
    private static final int IK = 0x23;
    private static final int CK = 0x24;
    private static final int AUTN = 0x25;
    private static final int RES = 0x27;

    private static final int KEY_LENGTH = 16;
    private static final int SRES_LENGTH = 4;
    private static final int KC_LENGTH = 8;
    private static final int RES_MIN = 4;
    private static final int RES_MAX = 16;
    private static final int ELEMENTS = 7;

    private VectorTuple() {}

    static int length(AuthenticationVector vector) {
        return ELEMENTS * GsupElement.HEADER
                + 4 * KEY_LENGTH
                + SRES_LENGTH
                + KC_LENGTH
                + vector.xres().length();
    }

    static void write(AuthenticationVector vector, ByteBuffer out) {
        put(out, RAND, vector.rand());
        vector.xres().use(res -> folded(out, SRES, SRES_LENGTH, res, new byte[0]));
        vector.ck().use(ck -> vector.ik().use(ik -> folded(out, KC, KC_LENGTH, ck, ik)));
        vector.ik().use(ik -> put(out, IK, ik));
        vector.ck().use(ck -> put(out, CK, ck));
        put(out, AUTN, vector.autn());
        vector.xres().use(res -> put(out, RES, res));
    }

    private static ByteBuffer put(ByteBuffer out, int tag, byte[] value) {
        return out.put((byte) tag).put((byte) value.length).put(value);
    }

    /** Conversion functions c2 and c3: all words of a secret, one over the other. */
    private static ByteBuffer folded(ByteBuffer out, int tag, int length, byte[] first, byte[] second) {
        byte[] value = new byte[length];
        for (byte[] part : new byte[][] {first, second}) {
            for (int i = 0; i < part.length; i++) {
                value[i % length] ^= part[i];
            }
        }
        put(out, tag, value);
        Arrays.fill(value, (byte) 0);
        return out;
    }

    /** Reads a tuple that has a quintet; its triplet is not needed. */
    static AuthenticationVector read(ByteBuffer content) throws MalformedException {
        byte[] rand = new byte[0];
        byte[] autn = new byte[0];
        byte[] res = new byte[0];
        byte[] ck = new byte[0];
        byte[] ik = new byte[0];
        try {
            while (content.hasRemaining()) {
                int tag = content.get() & 0xff;
                byte[] value = GsupMessage.value(content, "AUTH_TUPLE, element " + Integer.toHexString(tag));
                switch (tag) {
                    case RAND -> rand = value;
                    case AUTN -> autn = value;
                    case RES -> res = value;
                    case CK -> ck = value;
                    case IK -> ik = value;
                    default -> Arrays.fill(value, (byte) 0);
                }
            }
            boolean whole = rand.length == KEY_LENGTH
                    && autn.length == KEY_LENGTH
                    && ck.length == KEY_LENGTH
                    && ik.length == KEY_LENGTH
                    && res.length >= RES_MIN
                    && res.length <= RES_MAX;
            if (!whole) {
                throw new MalformedException("GSUP: AUTH_TUPLE has no UMTS quintet");
            }
            return new AuthenticationVector(
                    rand, autn, SecretBytes.copyOf(res), SecretBytes.copyOf(ck), SecretBytes.copyOf(ik));
        } finally {
            Arrays.fill(res, (byte) 0);
            Arrays.fill(ck, (byte) 0);
            Arrays.fill(ik, (byte) 0);
        }
    }
}
