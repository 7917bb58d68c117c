// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge.coap;

import java.security.Principal;
import java.util.Optional;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.m2me.protocol.identity.Ueid;

/** How a device proves to the gateway who it is when it connects, and the gateway to the device. */
public interface DeviceProof {
    /** Says what is asked of devices, and what is shown to them. */
    void configure(DtlsConnectorConfig.Builder dtls);

    /** The device behind a connection, unless its proof has run out since. */
    Optional<Ueid> device(Principal principal);
}
