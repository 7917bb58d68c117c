// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.access;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.util.LinkedHashMap;
import java.util.Map;
import org.m2me.protocol.radio.Ipv4Packet;
import org.m2me.protocol.radio.Ipv4Udp;
import org.m2me.protocol.radio.MalformedException;

/** One device's way to packet data: its address, its filter, and a socket to the outside for each of its ports. */
public final class PacketSession implements AutoCloseable {
    /** Ports of a device in use at once; it has one client or two. The longest unused gives way. */
    static final int FLOWS_MAX = 16;

    /** Destinations that one port talks to at once. The longest unused gives way. */
    static final int PEERS_MAX = 16;

    /** Told of what a session comes to, on the thread of the user plane: must not block. */
    public interface Listener {
        /** It has used so many bytes; called each time {@link UserPlane#REPORT_STEP} more have passed, and at the end. */
        void used(long bytes);

        /** The user plane ended it: no packet passes any more. */
        void ended(End why);

        /** It is over, whoever ended it: its address is free. */
        void closed();
    }

    /** Why the user plane ends a session by itself. */
    public enum End {
        QUOTA,
        IDLE
    }

    private final UserPlane plane;
    private final UserPlane.Opening opening;
    private final long teid;
    private final Listener listener;
    private final Traffic.Counter traffic = new Traffic.Counter();
    private final Map<Integer, Flow> flows = new LinkedHashMap<>(FLOWS_MAX, 0.75f, true);
    private long reported;
    private long lastUsed;
    private boolean closed;

    PacketSession(UserPlane plane, UserPlane.Opening opening, long teid, Listener listener) {
        this.plane = plane;
        this.opening = opening;
        this.teid = teid;
        this.listener = listener;
        this.lastUsed = plane.now();
    }

    /** The network's end of its tunnel. */
    public long teid() {
        return teid;
    }

    /** The device's address. */
    public Inet4Address address() {
        return opening.address();
    }

    public synchronized Traffic traffic() {
        return traffic.snapshot();
    }

    /** A packet that came through the tunnel. */
    synchronized void uplink(InetSocketAddress sender, byte[] packet) {
        if (closed) {
            return;
        }
        if (!sender.equals(opening.peer())) {
            traffic.dropped(Drop.WRONG_SENDER);
            return;
        }
        try {
            Ipv4Packet outer = Ipv4Packet.decode(packet);
            if (!outer.source().equals(opening.address())) {
                traffic.dropped(Drop.SPOOFED_SOURCE);
            } else if (outer.protocol() != Ipv4Packet.UDP) {
                traffic.dropped(Drop.PROTOCOL);
            } else if (outer.fragment()) {
                traffic.dropped(Drop.FRAGMENT);
            } else {
                forward(Ipv4Udp.of(outer), packet.length);
            }
        } catch (MalformedException e) {
            traffic.dropped(Drop.MALFORMED);
        }
    }

    private void forward(Ipv4Udp datagram, int size) {
        if (!opening.filter().allows(Ipv4Packet.UDP, datagram.destination(), datagram.destinationPort())) {
            traffic.dropped(Drop.FILTERED);
            return;
        }
        if (!fits(size)) {
            return;
        }
        try {
            Flow flow = flow(datagram.sourcePort());
            InetSocketAddress destination = new InetSocketAddress(datagram.destination(), datagram.destinationPort());
            flow.peers.put(destination, true);
            if (flow.channel.send(ByteBuffer.wrap(datagram.payload()), destination) > 0
                    || datagram.payload().length == 0) {
                traffic.up(size);
                count();
            } else {
                traffic.dropped(Drop.NOT_SENT);
            }
        } catch (IOException e) {
            traffic.dropped(Drop.NOT_SENT);
        }
    }

    private boolean fits(int size) {
        if (opening.quota() != 0 && traffic.bytes() + size > opening.quota()) {
            traffic.dropped(Drop.QUOTA);
            end(End.QUOTA);
            return false;
        }
        return true;
    }

    private void count() {
        lastUsed = plane.now();
        if (traffic.bytes() - reported >= UserPlane.REPORT_STEP) {
            reported = traffic.bytes();
            listener.used(reported);
        }
    }

    private Flow flow(int port) throws IOException {
        Flow known = flows.get(port);
        if (known != null) {
            return known;
        }
        Flow flow = new Flow(port);
        flows.put(port, flow);
        if (flows.size() > FLOWS_MAX) {
            var eldest = flows.values().iterator();
            eldest.next().close();
            eldest.remove();
        }
        return flow;
    }

    /** Ends it if nothing has passed for so long. */
    synchronized void sweep(long idleMillis) {
        lastUsed = Math.min(lastUsed, plane.now()); // or the clock was set back
        if (!closed && plane.now() - lastUsed >= idleMillis) {
            end(End.IDLE);
        }
    }

    private void end(End why) {
        close();
        listener.ended(why);
    }

    /** No packet passes any more. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        plane.forget(this);
        flows.values().forEach(Flow::close);
        flows.clear();
        listener.used(traffic.bytes());
        listener.closed();
    }

    /** One port of the device, as the outside sees it. */
    final class Flow {
        private final int port;
        private final DatagramChannel channel;
        private final Map<InetSocketAddress, Boolean> peers = new LinkedHashMap<>(PEERS_MAX, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<InetSocketAddress, Boolean> eldest) {
                return size() > PEERS_MAX;
            }
        };

        Flow(int port) throws IOException {
            this.port = port;
            this.channel = plane.outside(this);
        }

        /** What came back, as far as somebody was waiting for it. */
        void downlink(SelectionKey key, ByteBuffer buffer) throws IOException {
            buffer.clear();
            if (!key.isValid() || !(channel.receive(buffer) instanceof InetSocketAddress sender)) {
                return;
            }
            byte[] payload = new byte[buffer.flip().remaining()];
            buffer.get(payload);
            synchronized (PacketSession.this) {
                back(sender, payload);
            }
        }

        private void back(InetSocketAddress sender, byte[] payload) {
            if (closed) {
                return;
            }
            if (!peers.containsKey(sender) || !(sender.getAddress() instanceof Inet4Address source)) {
                traffic.dropped(Drop.UNSOLICITED);
                return;
            }
            int size = Ipv4Udp.HEADERS + payload.length;
            if (size > Ipv4Packet.LENGTH_MAX) {
                traffic.dropped(Drop.TOO_LONG);
            } else if (fits(size)) {
                var packet = new Ipv4Udp(source, sender.getPort(), opening.address(), port, payload);
                if (plane.tunnel(opening, packet)) {
                    traffic.down(size);
                    count();
                } else {
                    traffic.dropped(Drop.NOT_SENT);
                }
            }
        }

        private void close() {
            try {
                channel.close();
            } catch (IOException e) {
                traffic.dropped(Drop.NOT_SENT);
            }
        }
    }
}
