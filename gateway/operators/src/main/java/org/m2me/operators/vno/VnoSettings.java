// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.vno;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.m2me.operators.access.AccessLimits;
import org.m2me.operators.access.HomeRoute;
import org.m2me.protocol.identity.Plmn;

/**
 * A visited network.
 *
 * @param local where it listens, and whence packets leave
 * @param port for signalling; 0 for one that the system chooses
 * @param addresses to give to devices, of the form {@code 10.45.0.0/16}
 * @param registrationOperators whose subscriptions are PCIDs: attaching with one of these is step 1 of provisioning
 * @param openAccess empty where it is not permitted
 * @param homes whose subscribers are let in, and how each home is asked; empty for everyone whom the address book has
 */
public record VnoSettings(
        Plmn plmn,
        InetAddress local,
        int port,
        String addresses,
        List<Plmn> registrationOperators,
        Optional<OpenAccess> openAccess,
        AccessLimits limits,
        List<HomeRoute> homes) {
    /**
     * Access without credentials or authentication, to the DRF only (TR 33.812 5.2.5.5.5).
     *
     * @param drf an IPv4 address and a UDP port
     * @param quota bytes of one session; 0 is no limit
     */
    public record OpenAccess(String apn, InetSocketAddress drf, long quota) {}
}
