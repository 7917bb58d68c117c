// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.gsup;

import java.net.InetSocketAddress;
import java.util.List;
import org.m2me.operators.AuthenticationCentre.ApnProfile;

/**
 * A home network that is asked over GSUP.
 *
 * @param address of its HLR, loopback or behind a tunnel: GSUP is neither encrypted nor authenticated
 * @param agreed the access points that its subscribers may use here, where packets may go on each, and how many bytes
 *     of one session; what the home names besides is not offered
 */
public record GsupRoute(InetSocketAddress address, List<ApnProfile> agreed, GsupLimits limits) {
    public GsupRoute {
        agreed = List.copyOf(agreed);
    }
}
