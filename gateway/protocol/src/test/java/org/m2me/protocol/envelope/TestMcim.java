// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.envelope;

import java.security.SecureRandom;
import org.m2me.protocol.aka.AkaAlgorithm;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.SqnArray;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;

/** MCIMs with fresh keys, for tests. */
final class TestMcim {
    static final String APN = "telemetry.fleet.m2m";

    private TestMcim() {}

    static Mcim milenage(SecureRandom random) {
        AkaKey key = new AkaKey(AkaAlgorithm.MILENAGE, SecretBytes.random(16, random), SecretBytes.random(16, random));
        return with(key, SqnArray.fresh(SqnParameters.DEFAULT), random);
    }

    static Mcim with(AkaKey key, SqnArray sqn, SecureRandom random) {
        return new Mcim(
                Ueid.hex("01a4b3c2d1e0f90817263544536271809f"),
                new Plmn("262", "42"),
                Nonce.random(random),
                1_700_000,
                new Imsi("262420000000017"),
                "8949420000000000178",
                key,
                sqn,
                APN,
                Opaque.hex("000102030405060708090a0b0c0d0e0f"));
    }

    /** Whether all of both is the same, secrets included. */
    static boolean same(Mcim one, Mcim other) {
        try (SecretBytes left = one.encode();
                SecretBytes right = other.encode()) {
            return left.use(right::sameAs);
        }
    }
}
