// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import java.time.Instant;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.message.Refused;

/** Initial Connectivity Function (TR 33.812 5.2.5.4.4). */
public interface Icf extends AuthenticationCentre {
    /** What a PCID is good for, to the DRF. */
    record PcidStatus(Pcid pcid, boolean active, Instant expires) {}

    /** Takes a PCID from the CCIF, not yet active; the same one again changes nothing. @throws Refused FORBIDDEN if it differs */
    @AllowedTo("ccif")
    void accept(PcidRecord record) throws Refused;

    /** Activates connectivity: the device is about to be switched on (5.2.5.3.5.1). @throws Refused PCID_UNKNOWN */
    @AllowedTo("subscriber")
    void activate(Pcid pcid, Instant from, Instant until) throws Refused;

    /** Ends it: the PCID returns to the pool. */
    @AllowedTo("ccif")
    void deactivate(Pcid pcid) throws Refused;

    /** @throws Refused PCID_UNKNOWN */
    @AllowedTo("drf")
    PcidStatus status(Pcid pcid) throws Refused;
}
