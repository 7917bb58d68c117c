// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.access;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import org.m2me.protocol.aka.AkaAlgorithm;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.SqnArray;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.aka.UsimAuthentication;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.radio.GmmCause;
import org.m2me.protocol.radio.RadioMessage;

/** A card, with the subscription's own key and real sequence numbers. */
public final class Usim {
    public final Imsi imsi;
    private final AkaKey key;
    private SqnArray sqns = SqnArray.fresh(SqnParameters.DEFAULT);

    public Usim(Imsi imsi, AkaKey key) {
        this.imsi = imsi;
        this.key = key;
    }

    public static AkaKey newKey(SecureRandom random) {
        return new AkaKey(AkaAlgorithm.MILENAGE, SecretBytes.random(16, random), SecretBytes.random(16, random));
    }

    /** As if somebody else had used so many vectors with this card before. */
    public void moveAhead(long seq) {
        sqns = sqns.accepting(seq << SqnParameters.DEFAULT.indBits());
    }

    /** The highest SQN it has accepted. */
    public long highest() {
        return sqns.highest();
    }

    public RadioMessage.Uplink answer(RadioMessage.AuthenticationRequest request) {
        UsimAuthentication.Answer answer = UsimAuthentication.answer(
                key.functions(), sqns, request.rand().bytes(), request.autn().bytes());
        if (answer instanceof UsimAuthentication.Answer.Success success) {
            sqns = success.accepted();
            byte[] res =
                    Arrays.copyOf(success.secrets().res(), success.secrets().res().length);
            return new RadioMessage.AuthenticationResponse(request.reference(), Opaque.of(res), Optional.empty());
        }
        if (answer instanceof UsimAuthentication.Answer.SynchronisationFailure failure) {
            return new RadioMessage.AuthenticationFailure(
                    GmmCause.SYNCH_FAILURE.number(), Optional.of(Opaque.of(failure.auts())));
        }
        return new RadioMessage.AuthenticationFailure(GmmCause.MAC_FAILURE.number(), Optional.empty());
    }
}
