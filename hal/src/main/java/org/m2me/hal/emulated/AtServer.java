// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.emulated;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The emulated modem's port: a loopback socket. Several hosts may be connected; the modem has one state for all. */
final class AtServer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(AtServer.class.getName());

    /** A modem has a few ports: one for the agent, one for somebody with a terminal, some to spare. */
    private static final int TERMINALS_MAX = 8;

    /** Tells whether there is anybody behind the port. */
    interface Power {
        boolean isOn();
    }

    private final ServerSocketChannel server;
    private final Map<Path, ServerSocketChannel> sockets = new ConcurrentHashMap<>();
    private final Map<String, AtHandler> commands;
    private final Power power;
    private final TroubleFilter trouble;
    private final List<AtTerminal> terminals = new CopyOnWriteArrayList<>();

    AtServer(Map<String, AtHandler> commands, Power power, TroubleFilter trouble) throws IOException {
        this.commands = Map.copyOf(commands);
        this.power = power;
        this.trouble = trouble;
        this.server = ServerSocketChannel.open();
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    void start() {
        daemon(() -> acceptHosts(server), "emulated-port").start();
    }

    /** Hosts find the port there, too. The file must not be there yet; closing removes it. */
    void listenAt(Path socket) throws IOException {
        ServerSocketChannel unix = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        unix.bind(UnixDomainSocketAddress.of(socket));
        sockets.put(socket, unix);
        daemon(() -> acceptHosts(unix), "emulated-port").start();
    }

    static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    InetSocketAddress address() {
        return new InetSocketAddress(
                InetAddress.getLoopbackAddress(), server.socket().getLocalPort());
    }

    /** Sends to every host, what each has asked for. */
    void broadcast(Consumer<AtTerminal> message) {
        terminals.forEach(message);
    }

    private void acceptHosts(ServerSocketChannel from) {
        while (from.isOpen()) {
            try {
                SocketChannel channel = from.accept();
                if (channel.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY)) {
                    channel.setOption(StandardSocketOptions.TCP_NODELAY, true); // answers are short
                }
                if (terminals.size() >= TERMINALS_MAX) {
                    channel.close();
                    continue;
                }
                AtTerminal terminal = terminal(channel);
                daemon(() -> serve(terminal), "emulated-terminal").start();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "closed, or the host went at once");
            }
        }
    }

    private AtTerminal terminal(ByteChannel host) {
        AtTerminal terminal = new AtTerminal(host, commands, power, trouble);
        terminals.add(terminal);
        return terminal;
    }

    /** Serves one host on this thread until it leaves. */
    void serve(ByteChannel host) {
        serve(terminal(host));
    }

    private void serve(AtTerminal terminal) {
        try {
            terminal.run();
        } finally {
            terminals.remove(terminal);
        }
    }

    /** Drops every host: the port vanishes for a moment, as a USB modem's does when it restarts. */
    void dropHosts() {
        terminals.forEach(AtTerminal::close);
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Map.Entry<Path, ServerSocketChannel> unix : sockets.entrySet()) {
                unix.getValue().close();
                Files.deleteIfExists(unix.getKey());
            }
            sockets.clear();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        dropHosts();
    }
}
