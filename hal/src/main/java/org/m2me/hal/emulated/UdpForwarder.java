// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.emulated;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;

/**
 * Carries UDP datagrams between sockets on this host and a context inside the modem, as modules with socket commands do:
 * a loopback port stands for one destination, for as long as the modem lives. A host socket's port is its port on the
 * device's side, too, so several sockets may use one forward.
 */
final class UdpForwarder implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(UdpForwarder.class.getName());

    /** An agent has a handful of servers. */
    private static final int FORWARDS_MAX = 64;

    /** Sockets per destination that answers may go to; more than any client opens. */
    private static final int SENDERS_MAX = 64;

    /** An MTU of 1500 less the headers of IPv4 and UDP; a mobile network does not carry more, and nothing is cut here. */
    private static final int PAYLOAD_MAX = 1472;

    /** The contexts that are active now; empty for one that is not: then packets are dropped. */
    private final IntFunction<Optional<Radio.Session>> sessions;

    private final Map<InetSocketAddress, Forward> forwards = new ConcurrentHashMap<>();

    UdpForwarder(IntFunction<Optional<Radio.Session>> sessions) {
        this.sessions = sessions;
    }

    /** A loopback port that stands for a destination. */
    private final class Forward implements Runnable {
        private final InetSocketAddress destination;
        private final DatagramChannel channel;
        private final Set<Integer> senders = new LinkedHashSet<>();
        private volatile int cid;

        Forward(InetSocketAddress destination) throws IOException {
            this.destination = destination;
            this.channel = DatagramChannel.open();
            channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        }

        @Override
        public void run() {
            ByteBuffer buffer = ByteBuffer.allocate(PAYLOAD_MAX + 1);
            while (channel.isOpen()) {
                try {
                    buffer.clear();
                    if (channel.receive(buffer) instanceof InetSocketAddress from
                            && from.getAddress().isLoopbackAddress()) {
                        buffer.flip();
                        send(from.getPort(), buffer);
                    }
                } catch (IOException e) {
                    LOG.log(System.Logger.Level.DEBUG, "datagram dropped: {0}", e.getMessage());
                }
            }
        }

        private void send(int port, ByteBuffer buffer) throws IOException {
            Optional<Radio.Session> session = sessions.apply(cid);
            if (session.isEmpty() || buffer.remaining() > PAYLOAD_MAX) {
                return;
            }
            synchronized (senders) {
                senders.remove(port);
                if (senders.size() >= SENDERS_MAX) {
                    senders.remove(senders.iterator().next());
                }
                senders.add(port);
            }
            byte[] payload = new byte[buffer.remaining()];
            buffer.get(payload);
            session.get().send(port, destination, payload);
        }

        void deliver(int port, byte[] payload) throws IOException {
            boolean known;
            synchronized (senders) {
                known = senders.contains(port);
            }
            if (known) {
                int unused = channel.send(
                        ByteBuffer.wrap(payload), new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            }
        }
    }

    /** The loopback port for a destination over a context. */
    synchronized int forward(int cid, InetSocketAddress destination) throws IOException {
        Forward forward = forwards.get(destination);
        if (forward == null) {
            if (forwards.size() >= FORWARDS_MAX) {
                throw new IOException("no more than " + FORWARDS_MAX + " destinations");
            }
            forward = new Forward(destination);
            forwards.put(destination, forward);
            AtServer.daemon(forward, "emulated-udp").start();
        }
        forward.cid = cid;
        return forward.channel.socket().getLocalPort();
    }

    /** A datagram from the network; what nobody asked for is dropped. */
    void received(int localPort, InetSocketAddress source, byte[] payload) {
        Forward forward = forwards.get(source);
        if (forward == null) {
            return;
        }
        try {
            forward.deliver(localPort, payload);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "datagram dropped: {0}", e.getMessage());
        }
    }

    @Override
    public void close() {
        for (Forward forward : forwards.values()) {
            try {
                forward.channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
