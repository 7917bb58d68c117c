// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** Lines that something else pulls: a word per connection ({@code reset}, {@code key}, {@code status}), a word back. */
final class SocketModemLines implements ModemLines {
    /** What pulls the lines is on this host or the next one, and answers when it has done it; pulses take seconds. */
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final InetSocketAddress address;

    private SocketModemLines(InetSocketAddress address) {
        this.address = address;
    }

    static ModemLines at(String address) {
        URI uri = URI.create(address);
        return new SocketModemLines(new InetSocketAddress(uri.getHost(), uri.getPort()));
    }

    @Override
    public void pullReset() throws IOException {
        expect("reset", "ok");
    }

    @Override
    public void pressPowerKey() throws IOException {
        expect("key", "ok");
    }

    @Override
    public Optional<Boolean> isOn() throws IOException {
        return switch (ask("status")) {
            case "on" -> Optional.of(true);
            case "off" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    private void expect(String word, String answer) throws IOException {
        if (!ask(word).equals(answer)) {
            throw new ModemException("modem lines at " + address + ": no \"" + answer + "\" to " + word);
        }
    }

    private String ask(String word) throws IOException {
        int millis = Math.toIntExact(LIMIT.toMillis());
        try (Socket socket = new Socket()) {
            socket.connect(address, millis);
            socket.setSoTimeout(millis);
            socket.getOutputStream().write((word + '\n').getBytes(StandardCharsets.US_ASCII));
            String answer = new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
            return answer == null ? "" : answer;
        }
    }
}
