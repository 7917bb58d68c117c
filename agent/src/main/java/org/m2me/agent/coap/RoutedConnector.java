// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent.coap;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.DTLSContext;
import org.eclipse.californium.scandium.dtls.Handshaker;
import org.eclipse.californium.scandium.dtls.SessionAdapter;
import org.jspecify.annotations.Nullable;
import org.m2me.agent.transport.Traffic;

/**
 * A DTLS client that knows its gateway by one address, while the way there changes with the bearer: so a connection
 * outlives the bearer it was made over. Counts what crosses its socket.
 */
final class RoutedConnector extends DTLSConnector {
    private static final int UDP_IPV4 = 28;
    private static final int UDP_IPV6 = 48;

    private final Meter meter;
    private volatile InetSocketAddress gateway;
    private volatile InetSocketAddress way;

    /** @param dtls without a session listener: that place is taken */
    static RoutedConnector of(DtlsConnectorConfig.Builder dtls, InetSocketAddress gateway, InetSocketAddress way) {
        Meter meter = new Meter();
        return new RoutedConnector(dtls.setSessionListener(meter).build(), meter, gateway, way);
    }

    private RoutedConnector(DtlsConnectorConfig config, Meter meter, InetSocketAddress gateway, InetSocketAddress way) {
        super(config);
        this.meter = meter;
        this.gateway = gateway;
        this.way = way;
    }

    /** From now on the gateway is reached this way. */
    void route(InetSocketAddress newGateway, InetSocketAddress newWay) {
        this.gateway = newGateway;
        this.way = newWay;
    }

    @Override
    protected void sendNextDatagramOverNetwork(DatagramPacket packet) throws IOException {
        packet.setSocketAddress(way);
        super.sendNextDatagramOverNetwork(packet);
        meter.up(size(packet));
    }

    @Override
    protected void processDatagram(DatagramPacket packet, @Nullable InetSocketAddress router) {
        meter.down(size(packet));
        // Whoever sent it: only the gateway can have made a record that is taken.
        packet.setSocketAddress(gateway);
        super.processDatagram(packet, router);
    }

    Traffic traffic() {
        return meter.traffic();
    }

    /** Whether keys were agreed upon, in whatever handshake was the last. */
    boolean isEstablished() {
        return meter.traffic().handshakes() > 0;
    }

    private static int size(DatagramPacket packet) {
        return packet.getLength() + (packet.getAddress() instanceof Inet6Address ? UDP_IPV6 : UDP_IPV4);
    }

    /** Tells handshakes from the rest by when they start and end. */
    private static final class Meter extends SessionAdapter {
        private Traffic sum = Traffic.NONE;
        private boolean shaking;

        @Override
        public synchronized void handshakeStarted(Handshaker handshaker) {
            shaking = true;
        }

        @Override
        public synchronized void contextEstablished(Handshaker handshaker, DTLSContext context) {
            shaking = false;
            sum = new Traffic(
                    sum.handshakes() + 1,
                    sum.handshakeBytes(),
                    sum.datagramsUp(),
                    sum.bytesUp(),
                    sum.datagramsDown(),
                    sum.bytesDown());
        }

        @Override
        public synchronized void handshakeFailed(Handshaker handshaker, Throwable error) {
            shaking = false;
        }

        private synchronized void up(int bytes) {
            sum = new Traffic(
                    sum.handshakes(),
                    sum.handshakeBytes() + (shaking ? bytes : 0),
                    sum.datagramsUp() + 1,
                    sum.bytesUp() + bytes,
                    sum.datagramsDown(),
                    sum.bytesDown());
        }

        private synchronized void down(int bytes) {
            sum = new Traffic(
                    sum.handshakes(),
                    sum.handshakeBytes() + (shaking ? bytes : 0),
                    sum.datagramsUp(),
                    sum.bytesUp(),
                    sum.datagramsDown() + 1,
                    sum.bytesDown() + bytes);
        }

        private synchronized Traffic traffic() {
            return sum;
        }
    }
}
