// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge.coap;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.Inet6Address;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.m2me.bridge.device.Tally;
import org.m2me.bridge.device.Tally.Count;

/** Counts what crosses its socket, with the headers that the network is paid for. */
final class MeteredConnector extends DTLSConnector {
    private static final int UDP_IPV4 = 28;
    private static final int UDP_IPV6 = 48;

    private final Tally tally;

    MeteredConnector(DtlsConnectorConfig config, Tally tally) {
        super(config);
        this.tally = tally;
    }

    @Override
    protected void receiveNextDatagramFromNetwork(DatagramPacket packet) throws IOException {
        super.receiveNextDatagramFromNetwork(packet);
        tally.add(Count.DATAGRAMS_IN, 1);
        tally.add(Count.BYTES_IN, size(packet));
    }

    @Override
    protected void sendNextDatagramOverNetwork(DatagramPacket packet) throws IOException {
        super.sendNextDatagramOverNetwork(packet);
        tally.add(Count.DATAGRAMS_OUT, 1);
        tally.add(Count.BYTES_OUT, size(packet));
    }

    private static int size(DatagramPacket packet) {
        return packet.getLength() + (packet.getAddress() instanceof Inet6Address ? UDP_IPV6 : UDP_IPV4);
    }
}
