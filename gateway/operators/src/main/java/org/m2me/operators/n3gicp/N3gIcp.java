// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.n3gicp;

import java.io.EOFException;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.m2me.operators.access.AddressPool;
import org.m2me.operators.access.PacketFilter;
import org.m2me.operators.access.PacketSession;
import org.m2me.operators.access.Traffic;
import org.m2me.operators.access.UserPlane;
import org.m2me.operators.stream.StreamServer;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.radio.Association;
import org.m2me.protocol.radio.Frames;
import org.m2me.protocol.radio.MalformedException;
import org.m2me.protocol.radio.TunnelEndpoint;
import org.m2me.protocol.step.Step;
import org.m2me.protocol.step.Steps;
import org.m2me.protocol.step.Steps.Carried;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A provider of initial connectivity that is not 3GPP (TR 33.812 5.2.5.5.7, 5.2.5.6.2): lets any device in, without
 * authentication, gives it an address and the DRF's, and a way to the RO and nowhere else.
 */
public final class N3gIcp implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(N3gIcp.class);

    private final Steps steps;
    private final N3gSettings settings;
    private final PacketFilter filter;
    private final AddressPool addresses;
    private final UserPlane plane;
    private final StreamServer server;
    private final Map<PacketSession, String> sessions = new ConcurrentHashMap<>();

    public N3gIcp(RoleContext context, N3gSettings settings) {
        this.steps = context.steps();
        this.settings = settings;
        this.filter = PacketFilter.of(settings.allowed());
        this.addresses = new AddressPool(settings.addresses());
        this.plane = UserPlane.start(settings.local(), settings.limits().idle(), context.clock(), context.random());
        this.server = StreamServer.start(
                new InetSocketAddress(settings.local(), settings.port()),
                settings.limits().admission(),
                "n3gicp",
                this::talk);
    }

    /** Where devices associate. */
    public InetSocketAddress association() {
        return server.address();
    }

    /** What each device that is here, by its label, has moved. */
    public List<Map.Entry<String, Traffic>> devices() {
        return sessions.entrySet().stream()
                .map(entry -> Map.entry(entry.getValue(), entry.getKey().traffic()))
                .toList();
    }

    private void talk(Socket socket, Runnable settled) throws IOException {
        try {
            byte[] frame = Frames.read(socket.getInputStream());
            if (Association.decode(frame) instanceof Association.Join join) {
                settled.run();
                admit(socket, join, frame);
            } else {
                throw new MalformedException("association: does not begin with a join");
            }
        } catch (MalformedException hostile) {
            LOG.warn("n3gicp: {} is cut off: {}", socket.getRemoteSocketAddress(), hostile.getMessage());
        } catch (EOFException gone) {
            LOG.debug("n3gicp: {} has gone", socket.getRemoteSocketAddress());
        }
    }

    private void admit(Socket socket, Association.Join join, byte[] frame) throws IOException {
        steps.report(Step.N3G_ACCESS, join.label(), ResultCode.OK, new Carried("association", Frames.sizeOf(frame), 0));
        Optional<Inet4Address> address = addresses.take();
        if (address.isEmpty()) {
            steps.report(Step.N3G_CONNECTIVITY, join.label(), ResultCode.BUSY, new Carried("no address is free", 0, 0));
            Frames.write(socket.getOutputStream(), new Association.Rejected("no address is free").encode());
            return;
        }
        InetSocketAddress peer =
                new InetSocketAddress(socket.getInetAddress(), join.tunnel().port());
        var opening = new UserPlane.Opening(address.get(), peer, join.tunnel().teid(), filter, settings.quota());
        PacketSession session = plane.open(opening, new Watch(socket, address.get()));
        sessions.put(session, join.label());
        try (session) {
            byte[] joined = new Association.Joined(
                            address.get(), new TunnelEndpoint(plane.port(), session.teid()), settings.dhcpOptions())
                    .encode();
            String carried = "address " + address.get().getHostAddress() + ", DRF "
                    + settings.dhcpOptions().get(N3gSettings.DRF_OPTION);
            steps.report(
                    Step.N3G_CONNECTIVITY, join.label(), ResultCode.OK, new Carried(carried, Frames.sizeOf(joined), 0));
            Frames.write(socket.getOutputStream(), joined);
            awaitLeaving(socket);
        } finally {
            sessions.remove(session);
        }
    }

    private static void awaitLeaving(Socket socket) throws IOException {
        // For as long as it takes: a session without packets is ended by the user plane, and the socket with it.
        if (socket.getInputStream().read() >= 0) {
            throw new MalformedException("association: nothing may be said after joining");
        }
    }

    /** Ends the association with its session. */
    private final class Watch implements PacketSession.Listener {
        private final Socket socket;
        private final Inet4Address address;

        Watch(Socket socket, Inet4Address address) {
            this.socket = socket;
            this.address = address;
        }

        @Override
        public void used(long bytes) {
            LOG.debug("n3gicp: {} has moved {} bytes", address, bytes);
        }

        @Override
        public void ended(PacketSession.End why) {
            LOG.info("n3gicp: {} loses its session: {}", address, why);
            try {
                socket.close();
            } catch (IOException e) {
                LOG.debug("n3gicp: {}", e.toString());
            }
        }

        @Override
        public void closed() {
            addresses.giveBack(address);
        }
    }

    @Override
    public void close() {
        server.close();
        plane.close();
    }
}
