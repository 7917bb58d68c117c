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

    /** Ways 2 and 3: takes what a supplier made and embedded, from itself or by way of the subscriber. @throws Refused FORBIDDEN */
    @AllowedTo("supplier")
    void deposit(PcidRecord record) throws Refused;

    /** A PCID is no longer required: after a quarantine it may be issued again, with a new key. */
    @AllowedTo("supplier")
    void release(Pcid pcid) throws Refused;
}
