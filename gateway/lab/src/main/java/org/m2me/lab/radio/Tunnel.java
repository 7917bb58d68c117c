// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.radio;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.m2me.hal.Bearer;
import org.m2me.hal.emulated.Radio;
import org.m2me.protocol.radio.GtpU;
import org.m2me.protocol.radio.Ipv4Packet;
import org.m2me.protocol.radio.Ipv4Udp;
import org.m2me.protocol.radio.MalformedException;
import org.m2me.protocol.radio.TunnelEndpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The device's end of a GTP-U tunnel: datagrams go in and come out, packets are on the way. */
final class Tunnel implements Radio.Session {
    private static final Logger LOG = LoggerFactory.getLogger(Tunnel.class);

    /** A packet in its tunnel, with room for a longer header. */
    private static final int DATAGRAM_MAX = Ipv4Packet.LENGTH_MAX + 64;

    private final DatagramSocket socket;
    private final TunnelEndpoint here;
    private final Runnable onClose;
    private final AtomicLong packetsUp = new AtomicLong();
    private final AtomicLong bytesUp = new AtomicLong();
    private final AtomicLong packetsDown = new AtomicLong();
    private final AtomicLong bytesDown = new AtomicLong();
    private final AtomicReference<Far> far = new AtomicReference<>();
    private volatile Radio.Receiver receiver =
            (localPort, source, payload) -> LOG.debug("nobody takes a datagram from {}", source);

    /** The network's end, and the address that goes with it. */
    private record Far(Inet4Address address, InetSocketAddress network, long teid) {}

    /**
     * A tunnel whose other end is not known yet.
     *
     * @param local address that the device signals from: the network takes packets from nowhere else
     * @param onClose tells the network that the session ends
     */
    Tunnel(InetAddress local, SecureRandom random, Runnable onClose) throws IOException {
        this.socket = new DatagramSocket(new InetSocketAddress(local, 0));
        long teid = random.nextInt() & 0xffffffffL;
        this.here = new TunnelEndpoint(socket.getLocalPort(), Math.max(1, teid));
        this.onClose = onClose;
    }

    TunnelEndpoint here() {
        return here;
    }

    /** The other end is known: packets can pass. */
    Tunnel join(Inet4Address address, InetAddress network, TunnelEndpoint there) {
        far.set(new Far(address, new InetSocketAddress(network, there.port()), there.teid()));
        Thread thread = new Thread(this::receive, "tunnel-" + address.getHostAddress());
        thread.setDaemon(true);
        thread.start();
        return this;
    }

    private Far far() {
        Far known = far.get();
        if (known == null) {
            throw new IllegalStateException("the session is not active yet");
        }
        return known;
    }

    @Override
    public InetAddress address() {
        return far().address();
    }

    @Override
    public void send(int localPort, InetSocketAddress destination, byte[] payload) throws IOException {
        if (!(destination.getAddress() instanceof Inet4Address to)) {
            throw new IOException("destination " + destination + " has no IPv4 address");
        }
        Far network = far();
        byte[] packet = new Ipv4Udp(network.address(), localPort, to, destination.getPort(), payload.clone()).encode();
        byte[] datagram = new GtpU(network.teid(), packet).encode();
        socket.send(new DatagramPacket(datagram, datagram.length, network.network()));
        packetsUp.incrementAndGet();
        bytesUp.addAndGet(packet.length);
    }

    private void receive() {
        byte[] buffer = new byte[DATAGRAM_MAX];
        while (!socket.isClosed()) {
            DatagramPacket datagram = new DatagramPacket(buffer, buffer.length);
            try {
                socket.receive(datagram);
                take(datagram);
            } catch (MalformedException e) {
                LOG.warn("radio: {}", e.getMessage());
            } catch (InterruptedIOException e) {
                return;
            } catch (IOException e) {
                LOG.debug("radio: {}", e.toString()); // the socket was closed, or the network's port is gone
            }
        }
    }

    private void take(DatagramPacket datagram) throws MalformedException {
        byte[] content = Arrays.copyOf(datagram.getData(), datagram.getLength());
        GtpU tunnelled = GtpU.decode(content);
        Ipv4Udp packet = Ipv4Udp.of(Ipv4Packet.decode(tunnelled.packet()));
        boolean mine = datagram.getSocketAddress().equals(far().network())
                && tunnelled.teid() == here.teid()
                && packet.destination().equals(far().address());
        if (!mine) {
            throw new MalformedException("a packet for somebody else");
        }
        packetsDown.incrementAndGet();
        bytesDown.addAndGet(tunnelled.packet().length);
        InetSocketAddress source = new InetSocketAddress(packet.source(), packet.sourcePort());
        receiver.received(packet.destinationPort(), source, packet.payload());
    }

    @Override
    public void onReceive(Radio.Receiver taker) {
        receiver = taker;
    }

    @Override
    public Bearer.Counters counters() {
        return new Bearer.Counters(packetsUp.get(), bytesUp.get(), packetsDown.get(), bytesDown.get());
    }

    /** No packet passes any more, and the network knows. */
    void cut() {
        socket.close();
    }

    @Override
    public void close() {
        if (!socket.isClosed()) {
            socket.close();
            onClose.run();
        }
    }
}
