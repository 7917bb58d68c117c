// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol;

import java.util.Arrays;
import org.m2me.protocol.cose.CoseSign1;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.crypto.Signer;

/** Signed objects for tests that ask what is inside, and have no time for signatures. */
public final class UnsignedObjects {
    /** Gives everything the same signature, which verifies nowhere. */
    public static final Signer SIGNER = new Signer() {
        @Override
        public P256PublicKey publicKey() {
            return Samples.SIGNER.publicKey();
        }

        @Override
        public byte[] signDigest(byte[] sha256) {
            byte[] ones = new byte[64];
            Arrays.fill(ones, (byte) 1);
            return ones;
        }
    };

    private UnsignedObjects() {}

    /** What a COSE_Sign1 is about. */
    public static byte[] payload(byte[] coseSign1) {
        try {
            return CoseSign1.parse(coseSign1).unverifiedPayload();
        } catch (ForgedException unreadable) {
            throw new AssertionError("no COSE_Sign1", unreadable);
        }
    }
}
