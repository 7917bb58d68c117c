// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** A board's description, from a file in {@code board-configs/}. Every key is known and every value is valid. */
public final class BoardFile {
    /** Stands where only the start of the program knows the value, such as a port that the system chose. */
    public static final String GIVEN_AT_START = "given-at-start";

    /** A file that does not describe a board; the message says which key, what is wrong, and what to do. */
    public static final class Invalid extends IOException {
        private static final long serialVersionUID = 1L;

        Invalid(String source, String key, String fault, String remedy) {
            super("board file " + source + ": " + key + ": " + fault + "; " + remedy);
        }
    }

    private static final String PORT = "tcp://[^/:]+:\\d{1,5}|unix:/.+|" + GIVEN_AT_START;

    /** What a file may say. */
    enum Key {
        MODEL("model", true, "[\\x21-\\x7e][\\x20-\\x7e]{0,63}", "the hardware model, 1 to 64 printable characters"),
        MODEM_DRIVER("modem.driver", false, "at", "at"),
        MODEM_PORT("modem.port", false, PORT, "tcp://host:port, unix:/path or " + GIVEN_AT_START),
        MODEM_CARD_SLOT(
                "modem.card-slot",
                false,
                "tcp://[^/:]+:\\d{1,5}|" + GIVEN_AT_START,
                "tcp://host:port or " + GIVEN_AT_START),
        MODEM_LINES(
                "modem.lines",
                false,
                "tcp://[^/:]+:\\d{1,5}|" + GIVEN_AT_START,
                "tcp://host:port or " + GIVEN_AT_START),
        WLAN_PORT("wlan.port", false, PORT, "tcp://host:port, unix:/path or " + GIVEN_AT_START),
        LIGHTS("lights", true, "none|log", "none or log"),
        WATCHDOG("watchdog", true, "none|systemd", "none or systemd"),
        TAMPER("tamper", true, "none|file", "none or file"),
        CLOCK_OFFSET("clock.offset", false, "-?\\d{1,9}", "whole seconds that the clock is fast, or with a minus slow");

        private final String text;
        private final boolean required;
        private final Pattern values;
        private final String expected;

        Key(String text, boolean required, String values, String expected) {
            this.text = text;
            this.required = required;
            this.values = Pattern.compile(values);
            this.expected = expected;
        }
    }

    private final String source;
    private final Map<Key, String> values;

    private BoardFile(String source, Map<Key, String> values) {
        this.source = source;
        this.values = values;
    }

    /** Reads a file. Fails with {@link Invalid} if it does not describe a board. */
    public static BoardFile load(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (IllegalArgumentException e) {
            throw new Invalid(file.toString(), "syntax", String.valueOf(e.getMessage()), "write it as key = value");
        }
        Map<String, String> texts = new TreeMap<>();
        properties.stringPropertyNames().forEach(name -> texts.put(name, properties.getProperty(name)));
        return new BoardFile(file.toString(), checked(file.toString(), texts));
    }

    private static Map<Key, String> checked(String source, Map<String, String> texts) throws Invalid {
        Map<String, String> rest = new TreeMap<>(texts);
        Map<Key, String> values = new TreeMap<>();
        for (Key key : Key.values()) {
            String value = rest.remove(key.text);
            if (value != null) {
                values.put(key, checkedValue(source, key, value.strip()));
            } else if (key.required) {
                throw new Invalid(source, key.text, "is missing", "add it: " + key.expected);
            }
        }
        for (String unknown : rest.keySet()) {
            throw new Invalid(source, unknown, "is not a key", "remove it, or see the README of hal for the keys");
        }
        requireTogether(source, values);
        return values;
    }

    private static String checkedValue(String source, Key key, String value) throws Invalid {
        if (!key.values.matcher(value).matches()) {
            throw new Invalid(source, key.text, "cannot be \"" + value + '"', "use " + key.expected);
        }
        return value;
    }

    private static void requireTogether(String source, Map<Key, String> values) throws Invalid {
        boolean hasPort = values.containsKey(Key.MODEM_PORT);
        if (hasPort != values.containsKey(Key.MODEM_DRIVER)) {
            Key missing = hasPort ? Key.MODEM_DRIVER : Key.MODEM_PORT;
            throw new Invalid(
                    source, missing.text, "is missing", "a modem has a port and a driver: add it, or remove both");
        }
        for (Key part : List.of(Key.MODEM_CARD_SLOT, Key.MODEM_LINES)) {
            if (values.containsKey(part) && !hasPort) {
                throw new Invalid(source, part.text, "has no modem", "add modem.port, or remove it");
            }
        }
    }

    /**
     * The same board with values that are only known at the start of the program. An empty value removes its key.
     *
     * @param overrides by the names of the file's keys
     */
    public BoardFile with(Map<String, String> overrides) throws Invalid {
        Map<String, String> texts = new TreeMap<>();
        values.forEach((key, value) -> texts.put(key.text, value));
        overrides.forEach((name, value) -> {
            if (value.isEmpty()) {
                texts.remove(name);
            } else {
                texts.put(name, value);
            }
        });
        return new BoardFile(source, checked(source, texts));
    }

    /** A value, or empty if the board does not have that. Fails if it was to be given at the start and was not. */
    Optional<String> value(Key key) throws Invalid {
        String value = values.get(key);
        if (GIVEN_AT_START.equals(value)) {
            throw new Invalid(
                    source,
                    key.text,
                    "was not given",
                    "give it when the program starts, or write " + key.expected.replace(" or " + GIVEN_AT_START, ""));
        }
        return Optional.ofNullable(value);
    }

    String required(Key key) throws Invalid {
        return value(key).orElseThrow(() -> new Invalid(source, key.text, "is missing", "add it: " + key.expected));
    }
}
