// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.aka;

/** The USIM's side of AKA (TS 33.102 6.3.3): checks AUTN, and answers. It stores nothing: the caller does, before it replies. */
public final class UsimAuthentication {
    private UsimAuthentication() {}

    /** What the USIM says to a challenge. */
    public sealed interface Answer {
        /** Right and fresh. Store {@code accepted} durably before anything of {@code secrets} leaves. */
        record Success(AkaFunctions.F2345 secrets, SqnArray accepted) implements Answer {}

        /** Right but not fresh: AUTS, 14 bytes. */
        record SynchronisationFailure(byte[] auts) implements Answer {}

        /** Not from the home network: MAC-A does not verify. */
        record MacFailure() implements Answer {}
    }

    public static Answer answer(AkaFunctions functions, SqnArray sqns, byte[] rand, byte[] autn) {
        throw new UnsupportedOperationException();
    }
}
