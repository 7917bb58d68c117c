// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.radio;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import org.m2me.hal.emulated.Radio;

/** The air as loopback: each network in reach is an address where its signalling listens. */
public final class TcpRadio implements Radio {
    /** Loopback answers at once, or never. */
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);

    private final Supplier<List<Reachable>> networks;
    private final SecureRandom random;
    private final Carried carried = new Carried();

    /** A network that can be heard, and where it listens. */
    public record Reachable(Network network, InetSocketAddress signalling) {}

    /** @param networks in reach now, in any order: asked each time, for networks come and go */
    public TcpRadio(Supplier<List<Reachable>> networks, SecureRandom random) {
        this.networks = networks;
        this.random = random;
    }

    /** What has crossed it. */
    public Carried carried() {
        return carried;
    }

    @Override
    public List<Network> scan() {
        return networks.get().stream()
                .map(Reachable::network)
                .sorted(Comparator.comparingInt(Network::signal).reversed())
                .toList();
    }

    @Override
    public Attachment attach(Network network, String imsi, String imei, Authenticator card) throws IOException {
        Reachable reachable = networks.get().stream()
                .filter(candidate -> candidate.network().plmn().equals(network.plmn()))
                .findFirst()
                .orElseThrow(() -> new IOException("network " + network.plmn() + " is out of reach"));
        Socket socket = new Socket();
        try {
            socket.connect(reachable.signalling(), (int) CONNECT_LIMIT.toMillis());
            socket.setTcpNoDelay(true);
            return TcpAttachment.attach(
                    socket, new Mobile(imsi, imei, card), random, tunnel -> carried.opened(imsi, tunnel));
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }
}
