// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge.coap;

import java.util.Objects;
import org.eclipse.californium.elements.DtlsEndpointContext;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.elements.PrincipalEndpointContextMatcher;

/**
 * A device is who its certificate says, wherever it speaks from; what was said in one DTLS association is of that one only. A
 * device that is switched on again begins its message IDs anew, so one that it used before does not mark a repetition (RFC 7252
 * 4.5 and 9.1: an endpoint is identified by its security association too).
 */
final class AssociationMatcher extends PrincipalEndpointContextMatcher {
    AssociationMatcher() {
        super(true);
    }

    @Override
    public String getName() {
        return "principal and association";
    }

    @Override
    public boolean isToBeSent(EndpointContext message, EndpointContext connection) {
        return super.isToBeSent(message, connection)
                && (connection == null || Objects.equals(handshake(message), handshake(connection)));
    }

    private static Number handshake(EndpointContext context) {
        return context.get(DtlsEndpointContext.KEY_HANDSHAKE_TIMESTAMP);
    }
}
