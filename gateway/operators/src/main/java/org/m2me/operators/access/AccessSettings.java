// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.access;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.m2me.operators.AuthenticationCentre.ApnProfile;
import org.m2me.protocol.identity.Plmn;

/**
 * An access network.
 *
 * @param servingNode how it calls itself to home networks: each of its names has an IND of its own there
 * @param local where it listens, and whence packets leave
 * @param port for signalling; 0 for one that the system chooses
 * @param addresses to give to devices, of the form {@code 10.45.0.0/16}
 * @param registrationOperators whose subscriptions are PCIDs: attaching with one of these is step 1 of provisioning
 * @param openAccess where a device may go that shows nothing but its IMEI; empty when it may not attach at all
 * @param homes whose subscribers are let in, and how each home is asked; empty for everyone whom the address book has
 */
public record AccessSettings(
        Plmn plmn,
        String servingNode,
        InetAddress local,
        int port,
        String addresses,
        List<Plmn> registrationOperators,
        Optional<ApnProfile> openAccess,
        AccessLimits limits,
        List<HomeRoute> homes) {
    public AccessSettings {
        homes = List.copyOf(homes);
    }
}
