// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;

/** Connectivity Credential Issuing Function (TR 33.812 5.2.5.4.1). Each PCID it issues or receives goes to the ICF. */
public interface Ccif {
    /**
     * Way 1: makes a PCID with its key for a supplier to embed; released ones are used again first. Asked again for the
     * same device, the same answer.
     *
     * @throws Refused QUOTA when the pool is used up
     */
    @AllowedTo("supplier")
    PcidRecord issue(@OfCaller String supplier, Ueid device) throws Refused;

    /**
     * Ways 2 and 3: takes what a supplier made and embedded, from itself or by way of the subscriber.
     *
     * @throws Refused FORBIDDEN when it is not the supplier's to make
     */
    @AllowedTo("supplier")
    void deposit(@OfCaller String supplier, PcidRecord record) throws Refused;

    /**
     * A PCID is no longer required: after a quarantine one that was issued here may be issued again, with a new key.
     *
     * @throws Refused FORBIDDEN when it is not one of this supplier's devices that has it
     */
    @AllowedTo("supplier")
    void release(@OfCaller String supplier, Pcid pcid) throws Refused;
}
