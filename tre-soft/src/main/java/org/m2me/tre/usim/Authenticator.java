// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre.usim;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.m2me.protocol.aka.AkaFunctions;
import org.m2me.protocol.aka.UsimAuthentication;

/** AUTHENTICATE (TS 31.102 7.1.2), in the 3G and in the GSM context. */
final class Authenticator {
    private static final int CONTEXT_3G = 0x81;
    private static final int CONTEXT_GSM = 0x80;
    private static final int PARAMETER_LENGTH = 16; // of RAND, and of AUTN
    private static final int SUCCESS = 0xDB;
    private static final int SYNCHRONISATION_FAILURE = 0xDC;
    private static final int SRES_LENGTH = 4;
    private static final int KC_LENGTH = 8;

    private final UsimApplication application;

    Authenticator(UsimApplication application) {
        this.application = application;
    }

    Answer answer(Apdu apdu) {
        if (apdu.p1() != 0 || (apdu.p2() != CONTEXT_3G && apdu.p2() != CONTEXT_GSM)) {
            return Answer.status(StatusWord.WRONG_PARAMETERS);
        }
        byte[] data = apdu.data().bytes();
        int parameters = apdu.p2() == CONTEXT_3G ? 2 : 1;
        if (data.length != parameters * (1 + PARAMETER_LENGTH)) {
            return Answer.status(StatusWord.WRONG_LENGTH);
        }
        for (int i = 0; i < data.length; i += 1 + PARAMETER_LENGTH) {
            if (data[i] != PARAMETER_LENGTH) {
                return Answer.status(StatusWord.WRONG_DATA);
            }
        }
        byte[] rand = Arrays.copyOfRange(data, 1, 1 + PARAMETER_LENGTH);
        if (apdu.p2() == CONTEXT_GSM) {
            return gsm(rand);
        }
        try {
            return encode(application.authenticate(rand, Arrays.copyOfRange(data, 2 + PARAMETER_LENGTH, data.length)));
        } catch (IOException notStored) {
            return Answer.status(StatusWord.MEMORY_PROBLEM);
        }
    }

    // One array from the start, so that no copy of the keys is left behind.
    private static Answer encode(UsimAuthentication.Answer answer) {
        if (answer instanceof UsimAuthentication.Answer.Success success) {
            AkaFunctions.F2345 secrets = success.secrets();
            int length = 4 + secrets.res().length + secrets.ck().length + secrets.ik().length;
            ByteBuffer encoded = ByteBuffer.allocate(length).put((byte) SUCCESS);
            for (byte[] secret : List.of(secrets.res(), secrets.ck(), secrets.ik())) {
                encoded.put((byte) secret.length).put(secret);
            }
            secrets.wipe();
            return Answer.later(encoded.array());
        }
        if (answer instanceof UsimAuthentication.Answer.SynchronisationFailure failure) {
            return Answer.later(Tlv.of(SYNCHRONISATION_FAILURE, failure.auts()));
        }
        return Answer.status(StatusWord.INCORRECT_MAC);
    }

    // Conversion functions c2 and c3 of TS 33.102 6.8.1.2.
    private Answer gsm(byte[] rand) {
        AkaFunctions.F2345 secrets = application.respond(rand);
        byte[] encoded = new byte[2 + SRES_LENGTH + KC_LENGTH];
        encoded[0] = SRES_LENGTH;
        fold(secrets.res(), encoded, 1, SRES_LENGTH);
        encoded[1 + SRES_LENGTH] = KC_LENGTH;
        fold(secrets.ck(), encoded, 2 + SRES_LENGTH, KC_LENGTH);
        fold(secrets.ik(), encoded, 2 + SRES_LENGTH, KC_LENGTH);
        secrets.wipe();
        return Answer.later(encoded);
    }

    private static void fold(byte[] value, byte[] into, int offset, int length) {
        for (int i = 0; i < value.length; i++) {
            into[offset + i % length] ^= value[i];
        }
    }
}
