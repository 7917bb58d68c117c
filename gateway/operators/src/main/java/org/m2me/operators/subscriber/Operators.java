// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.subscriber;

import org.m2me.operators.Peers;
import org.m2me.operators.Sho;
import org.m2me.operators.Subscriber.Purchase;
import org.m2me.operators.Unavailable;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.OwnerSecret;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

/**
 * The operators, as the subscriber speaks to them. None of them gets the secret that came with a device: each gets a
 * token of its own, by which it may provision the device and not give it orders.
 *
 * @param name of the subscriber, as contracts have it
 */
record Operators(Peers peers, String name) {
    void contract(Purchase purchase, Plmn operator) throws Refused {
        Opaque token;
        try (SecretBytes secret = SecretBytes.takeFrom(purchase.ownerToken().bytes())) {
            token = OwnerSecret.operatorToken(secret, operator);
        }
        find(operator).contract(new Sho.Contract(purchase.device(), name, token));
    }

    /** Before the device is ordered to switch to it. @throws Refused if it may not serve the device */
    void mayServe(Ueid device, Plmn operator, Nonce order) throws Refused {
        find(operator).mayServe(device, name, order);
    }

    /** The device uses this one's subscription now, of those that it has. */
    void inUse(Ueid device, Plmn operator) throws Refused {
        find(operator).inUse(device, name);
    }

    void cancel(Ueid device, Plmn operator) throws Refused {
        find(operator).cancel(device, name);
    }

    /** @throws Refused NO_OPERATOR if there is none by this name; one that is not to be reached now is one */
    void checkKnown(Plmn operator) throws Refused {
        try {
            Sho unused = find(operator);
        } catch (Unavailable silent) {
            // It is told when it is there again.
        }
    }

    private Sho find(Plmn operator) throws Refused {
        try {
            return peers.sho(operator);
        } catch (IllegalArgumentException unknown) {
            throw new Refused(ResultCode.NO_OPERATOR, "contract: " + unknown.getMessage());
        }
    }
}
