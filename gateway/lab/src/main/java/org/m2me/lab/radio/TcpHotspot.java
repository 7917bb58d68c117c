// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.radio;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.m2me.hal.emulated.Hotspot;
import org.m2me.protocol.radio.Association;
import org.m2me.protocol.radio.Frames;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** WLAN as loopback: each network's name leads to an address where it listens for associations. */
public final class TcpHotspot implements Hotspot {
    private static final Logger LOG = LoggerFactory.getLogger(TcpHotspot.class);

    /** Loopback answers at once, or never. */
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);

    /** Association and DHCP take a few seconds on the air. */
    private static final Duration JOIN_LIMIT = Duration.ofSeconds(10);

    private final String label;
    private final Supplier<Map<String, InetSocketAddress>> networks;
    private final SecureRandom random;

    /**
     * What is around one module.
     *
     * @param label how the module calls itself: letters, digits and :._-, at most 64
     * @param networks in reach now, by name
     */
    public TcpHotspot(String label, Supplier<Map<String, InetSocketAddress>> networks, SecureRandom random) {
        this.label = label;
        this.networks = networks;
        this.random = random;
    }

    @Override
    public Joined join(String network) throws IOException {
        InetSocketAddress address = networks.get().get(network);
        if (address == null) {
            throw new IOException("network " + network + " is out of reach");
        }
        Socket socket = new Socket();
        try {
            socket.connect(address, (int) CONNECT_LIMIT.toMillis());
            socket.setSoTimeout((int) JOIN_LIMIT.toMillis());
            return associate(socket);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private Joined associate(Socket socket) throws IOException {
        Tunnel tunnel = new Tunnel(socket.getLocalAddress(), random, () -> leave(socket));
        try {
            Frames.write(socket.getOutputStream(), new Association.Join(label, tunnel.here()).encode());
            Association answer = Association.decode(Frames.read(socket.getInputStream()));
            if (answer instanceof Association.Joined joined) {
                return new Joined(
                        tunnel.join(joined.address(), socket.getInetAddress(), joined.tunnel()), joined.dhcpOptions());
            }
            throw new IOException("the network does not let the module in: " + answer);
        } catch (IOException e) {
            tunnel.cut();
            throw e;
        }
    }

    private static void leave(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("hotspot: {}", e.toString());
        }
    }
}
