// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.vno;

import java.net.InetSocketAddress;
import java.util.List;
import org.m2me.operators.AuthenticationCentre.ApnProfile;
import org.m2me.operators.AuthenticationCentre.Destination;
import org.m2me.operators.Peers;
import org.m2me.operators.access.AccessNetwork;
import org.m2me.operators.access.AccessSettings;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.radio.Ipv4Packet;

/**
 * A visited network (TR 33.812 5.2.5.5.5): an access network for other operators' subscriptions, which need not know that
 * some are PCIDs; and where permitted, open access to the DRF.
 */
public final class Vno implements AutoCloseable {
    private final AccessNetwork network;

    public Vno(RoleContext context, Peers peers, VnoSettings settings) {
        network = AccessNetwork.start(
                context,
                peers,
                new AccessSettings(
                        settings.plmn(),
                        "vno." + settings.plmn(),
                        settings.local(),
                        settings.port(),
                        settings.addresses(),
                        settings.registrationOperators(),
                        settings.openAccess().map(Vno::onlyTheDrf),
                        settings.limits(),
                        settings.homes()));
    }

    private static ApnProfile onlyTheDrf(VnoSettings.OpenAccess open) {
        String drf = open.drf().getAddress().getHostAddress() + "/32";
        return new ApnProfile(
                open.apn(),
                List.of(new Destination(Ipv4Packet.UDP, drf, open.drf().getPort())),
                open.quota());
    }

    /** Where devices signal. */
    public InetSocketAddress signalling() {
        return network.signalling();
    }

    /** Who is attached. */
    public List<AccessNetwork.Attached> attached() {
        return network.attached();
    }

    /** Reports of usage that homes have not acknowledged yet. */
    public long owedReports() {
        return network.owedReports();
    }

    @Override
    public void close() {
        network.close();
    }
}
