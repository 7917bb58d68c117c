// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.aka;

import java.security.SecureRandom;
import java.util.OptionalLong;

/** The authentication centre's side (TS 33.102 6.3.2, 6.3.5): makes vectors, reads AUTS. It keeps no state. */
public final class Quintets {
    private Quintets() {}

    /** One vector for this SQN. @param amf 16 bits; 0x8000 separates EPS and EAP-AKA' */
    public static AuthenticationVector generate(AkaFunctions functions, long sqn, int amf, SecureRandom random) {
        throw new UnsupportedOperationException();
    }

    /** SQN_MS from an AUTS (14 bytes) that answers this RAND, or empty if MAC-S does not verify. */
    public static OptionalLong resynchronise(AkaFunctions functions, byte[] rand, byte[] auts) {
        throw new UnsupportedOperationException();
    }

    /** The next SQN for one serving node: SEQ + 1 with that IND (TS 33.102 C.1.1.3, as libosmocore does it). */
    public static long next(long sqn, int ind, SqnParameters parameters) {
        throw new UnsupportedOperationException();
    }
}
