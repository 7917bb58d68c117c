// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.judges;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** The command line that Osmocom's programs offer on a TCP port. */
final class Vty implements AutoCloseable {
    private static final int PATIENCE = 10_000; // ms; it answers at once
    private static final String PROMPT = "# ";

    private final Socket socket;

    Vty(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(PATIENCE);
        send("enable");
    }

    /** Runs a command, and gives what it printed. */
    String send(String command) throws IOException {
        socket.getOutputStream().write((command + "\n").getBytes(StandardCharsets.US_ASCII));
        StringBuilder printed = new StringBuilder();
        InputStream in = socket.getInputStream();
        while (!printed.toString().endsWith(PROMPT)) {
            int octet = in.read();
            if (octet < 0) {
                throw new IOException("the command line was closed after: " + printed);
            }
            printed.append((char) octet);
        }
        return printed.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
