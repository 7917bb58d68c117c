// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import java.io.IOException;
import java.util.Optional;
import org.m2me.hal.TrustException;
import org.m2me.hal.TrustedEnvironment.Activated;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.message.Activation;
import org.m2me.protocol.message.ResultCode;

/** With whom the owner has the device work: taken if it is the owner's word and no older one. Its user holds the monitor. */
final class OwnersActivation {
    private final Memory memory;

    OwnersActivation(Memory memory) {
        this.memory = memory;
    }

    /** Takes one, in place of an older one. */
    void take(byte[] signed) throws TrustException, IOException {
        TreState state = memory.state();
        Activation activation = verified(signed, state);
        long held = held(state).map(it -> it.activation().number()).orElse(0L);
        if (activation.number() < held) {
            throw Refusal.of(ResultCode.NONCE_USED, "activation " + activation.number() + ", " + held + " is held");
        }
        if (activation.number() == held) {
            return; // repeated
        }
        Optional<Plmn> operator =
                state.subscriptions().activeMcim().map(it -> it.identity().operator());
        HeldActivation newer = new HeldActivation(activation, operator);
        memory.change(generation -> state.with(state.orders().activated(newer)));
    }

    private Activation verified(byte[] signed, TreState state) throws TrustException {
        if (signed.length > Activation.SIZE_MAX) {
            throw Refusal.of(ResultCode.NOT_AUTHORIZED, "activation: " + signed.length + " bytes");
        }
        try (SecretBytes secret = state.credentials().openSecret(memory.vault())) {
            return Activation.verify(signed, memory.device(), secret);
        } catch (ForgedException forged) {
            throw Refusal.of(ResultCode.NOT_AUTHORIZED, String.valueOf(forged.getMessage()));
        }
    }

    /** The one to work with. */
    Optional<Activated> current() {
        return held(memory.state())
                .map(it -> new Activated(it.activation().encode(), it.operator().map(Plmn::toString)));
    }

    private static Optional<HeldActivation> held(TreState state) {
        return state.orders().activation();
    }
}
