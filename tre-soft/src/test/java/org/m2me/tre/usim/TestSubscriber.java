// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre.usim;

import java.io.IOException;
import org.m2me.protocol.aka.AkaAlgorithm;
import org.m2me.protocol.aka.AkaFunctions;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.SqnArray;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.aka.UsimAuthentication;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Opaque;

/** A subscription with the key of TS 35.208 4.3, test set 1. */
final class TestSubscriber implements UsimApplication {
    static final String IMSI = "001010123456789";
    static final AkaKey KEY = new AkaKey(
            AkaAlgorithm.MILENAGE,
            SecretBytes.takeFrom(Opaque.hex("465b5ce8b199b49faa5f0a2ee238a6bc").bytes()),
            SecretBytes.takeFrom(Opaque.hex("cd63cb71954a9f4e48a5994e37a02baf").bytes()));

    private Subscriber subscriber = new Subscriber(IMSI, "8988211000000000017", 2);
    private SqnArray sqns = SqnArray.fresh(SqnParameters.DEFAULT);
    private boolean diskFull;

    void become(Subscriber other) {
        subscriber = other;
    }

    void fillTheDisk() {
        diskFull = true;
    }

    @Override
    public Subscriber subscriber() {
        return subscriber;
    }

    @Override
    public UsimAuthentication.Answer authenticate(byte[] rand, byte[] autn) throws IOException {
        if (diskFull) {
            throw new IOException("no space left on device");
        }
        UsimAuthentication.Answer answer = UsimAuthentication.answer(KEY.functions(), sqns, rand, autn);
        if (answer instanceof UsimAuthentication.Answer.Success success) {
            sqns = success.accepted();
        }
        return answer;
    }

    @Override
    public AkaFunctions.F2345 respond(byte[] rand) {
        return KEY.functions().f2345(rand);
    }
}
