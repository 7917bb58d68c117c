// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.access;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.m2me.protocol.radio.GtpU;
import org.m2me.protocol.radio.Ipv4Udp;
import org.m2me.protocol.radio.MalformedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The user plane of an access network: takes packets out of GTP-U tunnels, lets through what each session's filter
 * allows, and wraps what comes back. Only for a session that was opened does anything pass.
 */
public final class UserPlane implements AutoCloseable {
    /** Bytes between two reports of usage: at most so many are lost to the quota when the network is killed. */
    public static final long REPORT_STEP = 64 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(UserPlane.class);

    /** How often idle sessions are looked for: well below any idle limit. */
    private static final Duration SWEEP = Duration.ofSeconds(1);

    /** Packets that wait while another is handled: a hundred devices starting at once send a few each. */
    private static final int RECEIVE_BUFFER = 1 << 20;

    /** Largest UDP datagram there is. */
    private static final int DATAGRAM_MAX = 65_535;

    /** Packets taken from the tunnels before the ways back have their turn. */
    private static final int TURN = 64;

    /** The plane's thread sends a packet at once; it never waits for anybody. */
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(2);

    private final InetAddress local;
    private final Clock clock;
    private final SecureRandom random;
    private final long idleMillis;
    private final DatagramChannel tunnels;
    private final Selector selector;
    private final Map<Long, PacketSession> sessions = new ConcurrentHashMap<>();
    private final AtomicLong unknownTunnel = new AtomicLong();
    private final Thread thread = new Thread(this::run, "user-plane");

    /**
     * What a session may do.
     *
     * @param address the device's
     * @param peer where the device's end of the tunnel is
     * @param peerTeid the device's TEID
     * @param quota bytes both ways; 0 is no limit
     */
    public record Opening(
            Inet4Address address, InetSocketAddress peer, long peerTeid, PacketFilter filter, long quota) {}

    private UserPlane(InetAddress local, Duration idle, Clock clock, SecureRandom random) throws IOException {
        this.local = local;
        this.clock = clock;
        this.random = random;
        this.idleMillis = idle.toMillis();
        this.selector = Selector.open();
        this.tunnels = channel();
        tunnels.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
        SelectionKey unused = tunnels.register(selector, SelectionKey.OP_READ);
    }

    /**
     * Starts it, on a port that the system chooses.
     *
     * @param local where tunnels end and packets leave
     * @param idle a session without packets for so long is ended
     */
    public static UserPlane start(InetAddress local, Duration idle, Clock clock, SecureRandom random) {
        try {
            UserPlane plane = new UserPlane(local, idle, clock, random);
            plane.thread.setDaemon(true);
            plane.thread.start();
            return plane;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** UDP port of the tunnels. */
    public int port() {
        return tunnels.socket().getLocalPort();
    }

    /** Lets a session's packets pass from now on. */
    public PacketSession open(Opening opening, PacketSession.Listener listener) {
        while (true) {
            long teid = random.nextInt() & 0xffffffffL;
            PacketSession session = new PacketSession(this, opening, teid, listener);
            if (teid != 0 && sessions.putIfAbsent(teid, session) == null) {
                return session;
            }
        }
    }

    /** Packets for tunnels that do not exist. */
    public long unknownTunnel() {
        return unknownTunnel.get();
    }

    void forget(PacketSession session) {
        sessions.remove(session.teid(), session);
    }

    long now() {
        return clock.millis();
    }

    /** A socket to the outside; called on the plane's thread only. */
    DatagramChannel outside(PacketSession.Flow flow) throws IOException {
        DatagramChannel channel = channel();
        SelectionKey unused = channel.register(selector, SelectionKey.OP_READ, flow);
        return channel;
    }

    private DatagramChannel channel() throws IOException {
        DatagramChannel channel = DatagramChannel.open();
        channel.configureBlocking(false);
        channel.bind(new InetSocketAddress(local, 0));
        return channel;
    }

    /** Sends a packet to a device. */
    boolean tunnel(Opening opening, Ipv4Udp packet) {
        try {
            byte[] datagram = new GtpU(opening.peerTeid(), packet.encode()).encode();
            return tunnels.send(ByteBuffer.wrap(datagram), opening.peer()) > 0;
        } catch (IOException e) {
            LOG.debug("user plane: {}", e.toString());
            return false;
        }
    }

    private void run() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(DATAGRAM_MAX);
        long swept = clock.millis();
        while (tunnels.isOpen()) {
            try {
                int unused = selector.select(key -> handle(key, buffer), SWEEP.toMillis());
                long passed = clock.millis() - swept;
                if (passed >= SWEEP.toMillis() || passed < 0) { // or the clock was set back
                    swept = clock.millis();
                    sessions.values().forEach(session -> session.sweep(idleMillis));
                }
            } catch (CancelledKeyException e) {
                LOG.debug("user plane: a session ended while its packets were read");
            } catch (ClosedSelectorException | IOException e) {
                LOG.debug("user plane: {}", e.toString());
            }
        }
    }

    private void handle(SelectionKey key, ByteBuffer buffer) {
        try {
            if (key.attachment() instanceof PacketSession.Flow flow) {
                flow.downlink(key, buffer);
            } else {
                takeFromTunnels(buffer);
            }
        } catch (IOException e) {
            LOG.debug("user plane: {}", e.toString()); // a socket that was closed meanwhile, or an ICMP error
        } catch (RuntimeException e) {
            LOG.error("user plane: one packet is lost, the others go on", e);
        }
    }

    private void takeFromTunnels(ByteBuffer buffer) throws IOException {
        for (int i = 0; i < TURN; i++) {
            buffer.clear();
            if (!(tunnels.receive(buffer) instanceof InetSocketAddress sender)) {
                return;
            }
            byte[] datagram = new byte[buffer.flip().remaining()];
            buffer.get(datagram);
            take(sender, datagram);
        }
    }

    private void take(InetSocketAddress sender, byte[] datagram) {
        try {
            GtpU tunnelled = GtpU.decode(datagram);
            PacketSession session = sessions.get(tunnelled.teid());
            if (session == null) {
                unknownTunnel.incrementAndGet();
            } else {
                session.uplink(sender, tunnelled.packet());
            }
        } catch (MalformedException e) {
            LOG.debug("user plane: from {}: {}", sender, e.getMessage());
        }
    }

    /** Ends all sessions. */
    @Override
    public void close() {
        sessions.values().forEach(PacketSession::close);
        try {
            tunnels.close();
            selector.close();
            thread.join(CLOSE_WAIT.toMillis());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
