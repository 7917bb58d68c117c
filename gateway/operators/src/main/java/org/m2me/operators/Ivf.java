// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import java.util.Optional;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;

/** Integrity Validation Function (TR 33.812, the second document): keeps what the PVA issues. */
public interface Ivf {
    /** Step 10, by the PVA: an EAR in COSE_Sign1; the newest of a device and policy is kept. @throws Refused EVIDENCE_INVALID */
    @AllowedTo("pva")
    void publish(Opaque result) throws Refused;

    /** The newest result for a device, as the PVA signed it. */
    @AllowedTo({"sho", "console"})
    Optional<Opaque> latest(Ueid device) throws Refused;
}
