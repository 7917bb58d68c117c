// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import java.io.IOException;
import org.m2me.protocol.aka.AkaFunctions;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.UsimAuthentication;
import org.m2me.tre.usim.UsimApplication;

/** What the card answers for: the active subscription, or the PCID when the device is pristine. */
final class ActiveUsim implements UsimApplication {
    private final Memory memory;
    private volatile boolean pcidOnly;

    ActiveUsim(Memory memory) {
        this.memory = memory;
    }

    /** Whether it answers for the PCID although there is a subscription; until it is told otherwise, or ends. */
    void answerForPcid(boolean pcid) {
        pcidOnly = pcid;
    }

    private UsimSlot inUse() {
        Subscriptions subscriptions = memory.state().subscriptions();
        return pcidOnly ? subscriptions.pcid() : subscriptions.inUse();
    }

    @Override
    public Subscriber subscriber() {
        synchronized (memory) {
            UsimSlot.Identity identity = inUse().identity();
            return new Subscriber(
                    identity.imsi().digits(),
                    identity.iccid(),
                    identity.operator().mnc().length());
        }
    }

    @Override
    public UsimAuthentication.Answer authenticate(byte[] rand, byte[] autn) throws IOException {
        synchronized (memory) {
            UsimSlot slot = inUse();
            try (AkaKey key = slot.openKey(memory.vault())) {
                var answer = UsimAuthentication.answer(key.functions(), slot.sqns(), rand, autn);
                if (answer instanceof UsimAuthentication.Answer.Success success) {
                    accept(slot, success);
                }
                return answer;
            }
        }
    }

    // RES must not leave before its SQN is on the disk: after a cut it would be given a second time.
    private void accept(UsimSlot slot, UsimAuthentication.Answer.Success success) throws IOException {
        boolean durable = false;
        try {
            TreState now = memory.state();
            memory.change(generation -> now.with(now.subscriptions().replacing(slot.with(success.accepted()))));
            durable = true;
        } finally {
            if (!durable) {
                success.secrets().wipe();
            }
        }
    }

    @Override
    public AkaFunctions.F2345 respond(byte[] rand) {
        synchronized (memory) {
            try (AkaKey key = inUse().openKey(memory.vault())) {
                return key.functions().f2345(rand);
            }
        }
    }
}
