// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Tells a program that follows the agent what happens: one JSON object in a line, with {@code at}, {@code event} and
 * what belongs to it.
 */
public final class Events {
    private final Clock clock;
    private final PrintStream out;

    /** @param out where the lines go */
    public Events(Clock clock, PrintStream out) {
        this.clock = clock;
        this.out = out;
    }

    /** Nobody follows. */
    public static Events none(Clock clock) {
        return new Events(clock, new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    }

    /** @param fields name, value, name, value …; numbers stay numbers */
    void say(String event, Object... fields) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("at", clock.instant());
        line.put("event", event);
        for (int i = 0; i < fields.length; i += 2) {
            line.put(String.valueOf(fields[i]), fields[i + 1]);
        }
        out.println(json(line));
        out.flush();
    }

    private static String json(Map<String, Object> line) {
        StringBuilder text = new StringBuilder("{");
        line.forEach((name, value) -> {
            text.append(text.length() > 1 ? "," : "").append(quoted(name)).append(':');
            text.append(value instanceof Number || value instanceof Boolean ? value : quoted(String.valueOf(value)));
        });
        return text.append('}').toString();
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ') {
                quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
