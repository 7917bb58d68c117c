// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.emulated;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Map;
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
        daemon(this::acceptHosts, "emulated-port").start();
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

    private void acceptHosts() {
        while (server.isOpen()) {
            try {
                SocketChannel channel = server.accept();
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true); // answers are short
                if (terminals.size() >= TERMINALS_MAX) {
                    channel.close();
                    continue;
                }
                AtTerminal terminal = new AtTerminal(channel, commands, power, trouble);
                terminals.add(terminal);
                daemon(() -> serve(terminal), "emulated-terminal").start();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "closed, or the host went at once");
            }
        }
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
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        dropHosts();
    }
}
