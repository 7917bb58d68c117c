// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import java.time.Instant;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.message.Refused;

/** Initial Connectivity Function (TR 33.812 5.2.5.4.4). */
public interface Icf extends AuthenticationCentre {
    /** What a PCID is good for. */
    record PcidStatus(Pcid pcid, boolean active, Instant expires) {}

    /** Takes a PCID from the CCIF, not yet active; the same one again changes nothing. @throws Refused FORBIDDEN if it differs */
    @AllowedTo("ccif")
    void accept(PcidRecord record) throws Refused;

    /**
     * Takes the PCID that follows another one on a device. It is active at once wherever that one is, and likewise when that
     * one is activated again, until it ends; from then on it keeps its own. The same again changes nothing.
     *
     * @param of what the device has until it has the new one; one that has ended leaves nothing
     * @throws Refused FORBIDDEN as {@link #accept}
     */
    @AllowedTo("ccif")
    void acceptSuccessor(PcidRecord record, Pcid of) throws Refused;

    /**
     * Activates connectivity: the device is about to be switched on (5.2.5.3.5.1). That goes for what follows this PCID, too.
     *
     * @throws Refused PCID_UNKNOWN
     */
    @AllowedTo("subscriber")
    void activate(Pcid pcid, Instant from, Instant until) throws Refused;

    /** Ends it: the PCID returns to the pool. */
    @AllowedTo("ccif")
    void deactivate(Pcid pcid) throws Refused;

    /** @throws Refused PCID_UNKNOWN */
    @AllowedTo({"drf", "console"})
    PcidStatus status(Pcid pcid) throws Refused;
}
