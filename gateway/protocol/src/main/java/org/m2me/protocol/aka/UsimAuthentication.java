// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.aka;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;

/** The USIM's side of AKA (TS 33.102 6.3.3): checks AUTN, and answers. It stores nothing: the caller does, before it replies. */
public final class UsimAuthentication {
    /** AMF* of TS 33.102 6.3.3: an AUTS carries no AMF, its MAC-S is over a zero one. */
    static final int AMF_OF_AUTS = 0;

    private static final int AUTN_LENGTH = 16;
    private static final int MAC_OFFSET = Sqn.LENGTH + 2;

    private UsimAuthentication() {}

    /** What the USIM says to a challenge. */
    public sealed interface Answer {
        /** Right and fresh. Store {@code accepted} durably before anything of {@code secrets} leaves. */
        record Success(AkaFunctions.F2345 secrets, SqnArray accepted) implements Answer {}

        /** Right but not fresh: AUTS, 14 bytes. */
        @SuppressWarnings("ArrayRecordComponent") // goes straight into a message
        record SynchronisationFailure(byte[] auts) implements Answer {}

        /** Not from the home network: MAC-A does not verify. */
        record MacFailure() implements Answer {}
    }

    /**
     * Answers a challenge.
     *
     * @throws IllegalArgumentException unless RAND and AUTN are of 16 bytes each
     */
    public static Answer answer(AkaFunctions functions, SqnArray sqns, byte[] rand, byte[] autn) {
        if (autn.length != AUTN_LENGTH) {
            throw new IllegalArgumentException("AUTN: " + autn.length + " bytes, wants " + AUTN_LENGTH);
        }
        AkaFunctions.F2345 secrets = functions.f2345(rand);
        long sqn = Sqn.revealed(autn, secrets.ak());
        int amf = Short.toUnsignedInt(ByteBuffer.wrap(autn).getShort(Sqn.LENGTH));
        byte[] expected = functions.f1(rand, sqn, amf);
        boolean genuine = MessageDigest.isEqual(expected, Arrays.copyOfRange(autn, MAC_OFFSET, AUTN_LENGTH));
        // Only newer SQNs: a repeated AUTN is a replay (TS 33.102 6.3.3). Asked of a forged one too, to take as long.
        boolean fresh = sqns.isFresh(sqn);
        if (genuine && fresh) {
            return new Answer.Success(secrets, sqns.accepting(sqn));
        }
        secrets.wipe();
        return genuine ? synchronisationFailure(functions, sqns.highest(), rand) : new Answer.MacFailure();
    }

    private static Answer synchronisationFailure(AkaFunctions functions, long sqnMs, byte[] rand) {
        byte[] ak = functions.f5star(rand);
        byte[] concealed = Sqn.concealed(sqnMs, ak);
        Arrays.fill(ak, (byte) 0);
        byte[] mac = functions.f1star(rand, sqnMs, AMF_OF_AUTS);
        return new Answer.SynchronisationFailure(ByteBuffer.allocate(concealed.length + mac.length)
                .put(concealed)
                .put(mac)
                .array());
    }
}
