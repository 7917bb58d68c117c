// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.emulated;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** The emulated modem's reset line, power key and status line, for boards in other processes. */
final class LineServer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(LineServer.class.getName());

    /** A board says its word as soon as it is connected. */
    private static final Duration WORD_LIMIT = Duration.ofSeconds(5);

    private static final int WAITING_MAX = 4;

    private final EmulatedModem modem;
    private final ServerSocket server;

    LineServer(EmulatedModem modem) throws IOException {
        this.modem = modem;
        this.server = new ServerSocket(0, WAITING_MAX, InetAddress.getLoopbackAddress());
    }

    void start() {
        AtServer.daemon(this::serve, "emulated-lines").start();
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort());
    }

    private void serve() {
        while (!server.isClosed()) {
            try (Socket board = server.accept()) {
                board.setSoTimeout(Math.toIntExact(WORD_LIMIT.toMillis()));
                String word = new BufferedReader(
                                new InputStreamReader(board.getInputStream(), StandardCharsets.US_ASCII))
                        .readLine();
                board.getOutputStream()
                        .write((answer(word == null ? "" : word) + '\n').getBytes(StandardCharsets.US_ASCII));
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "closed, or the board went at once: {0}", e.getMessage());
            }
        }
    }

    private String answer(String word) {
        switch (word) {
            case "reset" -> modem.pullReset();
            case "key" -> modem.pressPowerKey();
            case "status" -> {
                return modem.isOn() ? "on" : "off";
            }
            default -> {
                return "unknown";
            }
        }
        return "ok";
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
