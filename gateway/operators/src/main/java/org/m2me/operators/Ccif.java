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
     * Way 1 for a device that is in the field: makes the PCID that follows this one, beside it, good for
     * whatever that one is. Asked again before the new one is released, the same answer.
     *
     * @param of what the device has now
     * @throws Refused QUOTA when the pool is used up; FORBIDDEN when it is not the supplier's, or another device's
     */
    @AllowedTo("supplier")
    PcidRecord successor(@OfCaller String supplier, Ueid device, Pcid of) throws Refused;

    /**
     * Ways 2 and 3: takes what a supplier made and embedded, from itself or by way of the subscriber.
     *
     * @throws Refused FORBIDDEN when it is not the supplier's to make
     */
    @AllowedTo("supplier")
    void deposit(@OfCaller String supplier, PcidRecord record) throws Refused;

    /**
     * The same for a device that is in the field: the new PCID is good for whatever the old one is.
     *
     * @param of what the device has now
     * @throws Refused FORBIDDEN when either is not the supplier's
     */
    @AllowedTo("supplier")
    void depositSuccessor(@OfCaller String supplier, PcidRecord record, Pcid of) throws Refused;

    /**
     * A PCID is no longer required: after a quarantine one that was issued here may be issued again, with a new key.
     *
     * Without effect when another device has it by now.
     *
     * @throws Refused FORBIDDEN when it is not one of this supplier's devices that has it
     */
    @AllowedTo("supplier")
    void release(@OfCaller String supplier, Ueid device, Pcid pcid) throws Refused;

    /**
     * A device asks for a new PCID. Passed on to the supplier that its old one was issued to or made by, and answered
     * when that has done its part. Repeated: no second effect.
     *
     * @throws Refused PCID_UNKNOWN, or the supplier's refusal
     */
    @AllowedTo("drf")
    void renew(Supplier.Renewal renewal) throws Refused;
}
