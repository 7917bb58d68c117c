// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.Telemetry;

/** M2ME user and subscriber (TR 33.812 5.2.5.5.2). */
public interface Subscriber {
    /** A device somebody bought: what was in its box. */
    record Purchase(Ueid device, Pcid pcid, Opaque ownerToken, Optional<Opaque> depositForm) {}

    /** Telemetry as it arrived. */
    record Received(Ueid device, Telemetry telemetry, Instant at) {}

    /**
     * Takes a purchase in hand: contracts with the chosen operator, hands over the parameters, passes the deposit form
     * on, and activates initial connectivity with the ICF (5.2.5.3.5.1). Repeated: no second effect.
     */
    @AllowedTo("console")
    void choose(Purchase purchase, Plmn operator) throws Refused;

    /** The newest telemetry of a device, newest first, at most 100. */
    @AllowedTo("console")
    List<Received> telemetry(Ueid device) throws Refused;
}
