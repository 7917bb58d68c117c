// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.access;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.m2me.operators.AuthenticationCentre.ApnProfile;
import org.m2me.operators.gsup.GsupLimits;
import org.m2me.operators.gsup.GsupRoute;
import org.m2me.protocol.identity.Plmn;

/**
 * A line of the table of home networks.
 *
 * @param network whose subscribers these are
 * @param gsup how it is asked; empty for HTTP, at the address that the address book has
 */
public record HomeRoute(Plmn network, Optional<GsupRoute> gsup) {
    /** By HTTP. */
    public static HomeRoute byHttp(Plmn network) {
        return new HomeRoute(network, Optional.empty());
    }

    /**
     * By GSUP.
     *
     * @param agreed the access points of its subscribers here
     */
    public static HomeRoute byGsup(Plmn network, InetSocketAddress address, List<ApnProfile> agreed) {
        return new HomeRoute(network, Optional.of(new GsupRoute(address, agreed, GsupLimits.DEFAULT)));
    }
}
