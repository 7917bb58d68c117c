// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho.profile;

import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.SqnArray;
import org.m2me.protocol.identity.Imsi;

/**
 * A subscription that is there to be given to a device.
 *
 * @param iccid 19 or 20 digits
 * @param sqn how sequence numbers are kept, and from where they count
 */
public record Subscription(Imsi imsi, String iccid, AkaKey key, SqnArray sqn) implements AutoCloseable {
    @Override
    public void close() {
        key.close();
    }

    @Override
    public String toString() {
        return "subscription " + imsi;
    }
}
