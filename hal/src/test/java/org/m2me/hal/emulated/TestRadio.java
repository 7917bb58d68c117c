// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.emulated;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.m2me.hal.Bearer;

/** Networks that check the card's RES and carry datagrams to real sockets on loopback. */
final class TestRadio implements Radio {
    static final Network STRONG = new Network("26202", "Strong", -61);
    static final Network WEAK = new Network("90170", "Weak", -95);

    final List<String> attached = new CopyOnWriteArrayList<>();

    /** Causes with which networks refuse, by PLMN. */
    final Map<String, Integer> refusals = new ConcurrentHashMap<>();

    /** Start of the AUTN to be sent. */
    volatile byte autnStart;

    volatile List<Network> networks = List.of(STRONG, WEAK);

    private volatile Runnable onLost = () -> {};

    /** The network lets go of the modem that attached last. */
    void detach() {
        onLost.run();
    }

    @Override
    public List<Network> scan() {
        return networks;
    }

    @Override
    public Attachment attach(Network network, String imsi, String imei, Authenticator card) throws IOException {
        Integer cause = refusals.get(network.plmn());
        if (cause != null) {
            throw new Refused("attach", cause);
        }
        byte[] rand = new byte[16];
        Arrays.fill(rand, (byte) 7);
        byte[] autn = new byte[16];
        autn[0] = autnStart;
        Answer answer = card.authenticate(rand, autn);
        if (!Arrays.equals(answer.res(), TestCard.res(imsi, rand))) {
            throw new Refused(answer.toString(), answer.auts().length == 14 ? 17 : 3);
        }
        attached.add(network.plmn() + "/" + imsi + "/" + imei);
        return new TestAttachment();
    }

    private final class TestAttachment implements Attachment {
        @Override
        public Session activate(String apn) throws IOException {
            if (!apn.equals("initial") && !apn.equals("operational")) {
                throw new Refused("unknown access point", 33);
            }
            return new TestSession();
        }

        @Override
        public void onLost(Runnable listener) {
            onLost = listener;
        }

        @Override
        public void close() {
            onLost = () -> {};
        }
    }

    /** Each local port of the device has a socket. */
    static final class TestSession implements Session {
        private final Map<Integer, DatagramSocket> sockets = new ConcurrentHashMap<>();
        private final AtomicLong up = new AtomicLong();
        private final AtomicLong upBytes = new AtomicLong();
        private final AtomicLong down = new AtomicLong();
        private final AtomicLong downBytes = new AtomicLong();
        private volatile Receiver receiver = (port, source, payload) -> {};

        @Override
        public InetAddress address() {
            try {
                return InetAddress.getByAddress(new byte[] {10, 1, 2, 3});
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void send(int localPort, InetSocketAddress destination, byte[] payload) throws IOException {
            up.incrementAndGet();
            upBytes.addAndGet(payload.length + 28);
            sockets.computeIfAbsent(localPort, this::open)
                    .send(new DatagramPacket(payload, payload.length, destination));
        }

        private DatagramSocket open(int localPort) {
            try {
                DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                AtServer.daemon(() -> receive(localPort, socket), "test-session")
                        .start();
                return socket;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void receive(int localPort, DatagramSocket socket) {
            DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
            while (!socket.isClosed()) {
                try {
                    socket.receive(packet);
                    down.incrementAndGet();
                    downBytes.addAndGet(packet.getLength() + 28);
                    receiver.received(
                            localPort,
                            (InetSocketAddress) packet.getSocketAddress(),
                            Arrays.copyOf(packet.getData(), packet.getLength()));
                } catch (IOException e) {
                    return;
                }
            }
        }

        @Override
        public void onReceive(Receiver to) {
            receiver = to;
        }

        @Override
        public Bearer.Counters counters() {
            return new Bearer.Counters(up.get(), upBytes.get(), down.get(), downBytes.get());
        }

        @Override
        public void close() {
            sockets.values().forEach(DatagramSocket::close);
        }
    }
}
