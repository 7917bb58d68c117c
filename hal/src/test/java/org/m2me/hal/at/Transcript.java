// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A recorded dialogue with a modem, from the test resources. */
final class Transcript {
    /** A command, the bytes it is answered with, and what the engine must make of them. */
    static final class Exchange {
        final AtCommand command;
        String bytes = "";
        final List<String> lines = new ArrayList<>();
        final List<String> unsolicited = new ArrayList<>();
        String result = "";

        Exchange(AtCommand command) {
            this.command = command;
        }

        @Override
        public String toString() {
            return command.text();
        }
    }

    private Transcript() {}

    static List<Exchange> read(String name) throws IOException {
        List<Exchange> exchanges = new ArrayList<>();
        @Nullable Exchange now = null;
        var stream = Objects.requireNonNull(Transcript.class.getResourceAsStream("/at/" + name));
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                String text = line.length() < 2 ? "" : unescape(line.substring(2));
                if (line.startsWith("> ")) {
                    now = new Exchange(command(text));
                    exchanges.add(now);
                } else if (now != null) {
                    add(now, line.charAt(0), text);
                }
            }
        }
        return exchanges;
    }

    private static void add(Exchange exchange, char sign, String text) {
        switch (sign) {
            case '<' -> exchange.bytes += text;
            case '=' -> exchange.lines.add(text);
            case '*' -> exchange.unsolicited.add(text);
            case '!' -> exchange.result = text;
            default -> throw new IllegalArgumentException("transcript: " + sign);
        }
    }

    private static AtCommand command(String text) {
        String[] parts = text.split(" (?=later |counted |payload )", 2);
        AtCommand plain = AtCommand.of(parts[0]);
        if (parts.length == 1) {
            return plain;
        }
        String[] option = parts[1].split(" ", 2);
        return switch (option[0]) {
            case "later" -> plain.completedBy(option[1]);
            case "counted" -> plain.counted(option[1]);
            default -> plain.withPayload(option[1]);
        };
    }

    private static String unescape(String text) {
        return text.replace("\\r", "\r").replace("\\n", "\n").replace("\\t", "\t");
    }
}
