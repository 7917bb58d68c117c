// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.aka;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.OptionalLong;
import org.m2me.protocol.crypto.SecretBytes;

/** The authentication centre's side (TS 33.102 6.3.2, 6.3.5): makes vectors, reads AUTS. It keeps no state. */
public final class Quintets {
    private static final int RAND_LENGTH = 16;
    private static final int AUTN_LENGTH = 16;
    private static final int AUTS_LENGTH = 14;

    private Quintets() {}

    /**
     * One vector for this SQN.
     *
     * @param amf 16 bits; 0x8000 separates EPS and EAP-AKA'
     */
    public static AuthenticationVector generate(AkaFunctions functions, long sqn, int amf, SecureRandom random) {
        byte[] rand = new byte[RAND_LENGTH];
        random.nextBytes(rand);
        byte[] mac = functions.f1(rand, sqn, amf);
        AkaFunctions.F2345 secrets = functions.f2345(rand);
        try {
            byte[] autn = ByteBuffer.allocate(AUTN_LENGTH)
                    .put(Sqn.concealed(sqn, secrets.ak()))
                    .putShort((short) amf)
                    .put(mac)
                    .array();
            return new AuthenticationVector(
                    rand,
                    autn,
                    SecretBytes.takeFrom(secrets.res()),
                    SecretBytes.takeFrom(secrets.ck()),
                    SecretBytes.takeFrom(secrets.ik()));
        } finally {
            secrets.wipe();
        }
    }

    /** SQN_MS from an AUTS (14 bytes) that answers this RAND, or empty if MAC-S does not verify. */
    public static OptionalLong resynchronise(AkaFunctions functions, byte[] rand, byte[] auts) {
        if (auts.length != AUTS_LENGTH) {
            return OptionalLong.empty();
        }
        byte[] ak = functions.f5star(rand);
        long sqn = Sqn.revealed(auts, ak);
        Arrays.fill(ak, (byte) 0);
        byte[] expected = functions.f1star(rand, sqn, UsimAuthentication.AMF_OF_AUTS);
        byte[] received = Arrays.copyOfRange(auts, Sqn.LENGTH, AUTS_LENGTH);
        return MessageDigest.isEqual(expected, received) ? OptionalLong.of(sqn) : OptionalLong.empty();
    }

    /**
     * The next SQN for one serving node: SEQ + 1 with that IND (TS 33.102 C.1.1.3, as libosmocore does it).
     *
     * @throws IllegalStateException when the subscription's 48 bits are used up
     */
    public static long next(long sqn, int ind, SqnParameters parameters) {
        long places = 1L << parameters.indBits();
        if (ind < 0 || ind >= places) {
            throw new IllegalArgumentException("IND: " + ind + " is not of " + parameters.indBits() + " bits");
        }
        long next = (Sqn.checked(sqn) + places & -places) + ind;
        if (next > Sqn.MAX) {
            throw new IllegalStateException("SQN: all 48 bits are used up; the subscription needs another key");
        }
        return next;
    }
}
