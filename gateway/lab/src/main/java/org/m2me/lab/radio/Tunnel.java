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
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.time.Duration;
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

    /** It looks so often whether it has ended. */
    private static final Duration LOOK = Duration.ofSeconds(1);
    /** Looks after its end: a network that was slow to hear of it sends nothing more by then. */
    private static final int LOOKS_AFTER_END = 3;

    private final DatagramSocket socket;
    private final TunnelEndpoint here;
    private final Runnable onClose;
    private final AtomicLong packetsUp = new AtomicLong();
    private final AtomicLong bytesUp = new AtomicLong();
    private final AtomicLong packetsDown = new AtomicLong();
    private final AtomicLong bytesDown = new AtomicLong();
    private final AtomicLong unanswered = new AtomicLong();
    private volatile boolean ended;
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
        socket.setSoTimeout((int) LOOK.toMillis());
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
        if (ended) {
            throw new IOException("the session has ended");
        }
        byte[] packet = new Ipv4Udp(network.address(), localPort, to, destination.getPort(), payload.clone()).encode();
        byte[] datagram = new GtpU(network.teid(), packet).encode();
        unanswered.addAndGet(packet.length); // before the answer can come
        socket.send(new DatagramPacket(datagram, datagram.length, network.network()));
        packetsUp.incrementAndGet();
        bytesUp.addAndGet(packet.length);
    }

    private void receive() {
        byte[] buffer = new byte[DATAGRAM_MAX];
        int looks = 0;
        while (!socket.isClosed() && looks < LOOKS_AFTER_END) {
            DatagramPacket datagram = new DatagramPacket(buffer, buffer.length);
            try {
                socket.receive(datagram);
                take(datagram);
            } catch (MalformedException e) {
                LOG.warn("radio: {}", e.getMessage());
            } catch (SocketTimeoutException silent) {
                looks = ended ? looks + 1 : 0;
            } catch (InterruptedIOException e) {
                break;
            } catch (IOException e) {
                LOG.debug("radio: {}", e.toString()); // the network's port is gone
            }
        }
        socket.close();
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
        unanswered.set(0);
        if (ended) {
            return; // it was on its way, and counts
        }
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

    Carried.Session carried() {
        long bytes = bytesUp.get() + bytesDown.get();
        return new Carried.Session(bytes, Math.min(bytes, unanswered.get()), ended);
    }

    /** No packet passes any more, and the network knows. */
    void cut() {
        ended = true;
        if (far.get() == null) {
            socket.close(); // nobody listens
        }
    }

    @Override
    public void close() {
        if (!ended) {
            ended = true;
            onClose.run();
        }
    }
}
