// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Lines of {@code key = value}; each key is taken once, and what nobody took is an error. */
final class ConfigurationFile {
    private final Path file;
    private final Map<String, String> left = new LinkedHashMap<>();

    private ConfigurationFile(Path file) {
        this.file = file;
    }

    static ConfigurationFile read(Path file) throws ConfigurationException {
        ConfigurationFile read = new ConfigurationFile(file);
        int number = 0;
        for (String line : lines(file)) {
            number++;
            String text = line.strip();
            if (text.isEmpty() || text.startsWith("#")) {
                continue;
            }
            int equals = text.indexOf('=');
            if (equals < 1) {
                throw read.fault("line " + number, "is not \"key = value\"");
            }
            String key = text.substring(0, equals).strip();
            if (read.left.put(key, text.substring(equals + 1).strip()) != null) {
                throw read.fault(key, "is there twice, again in line " + number);
            }
        }
        return read;
    }

    private static List<String> lines(Path file) throws ConfigurationException {
        try {
            return Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException absent) {
            throw new ConfigurationException(file + ": there is no such file");
        } catch (IOException unreadable) {
            throw new ConfigurationException(file + ": cannot be read: " + unreadable.getMessage());
        }
    }

    Optional<String> optional(String key) {
        return Optional.ofNullable(left.remove(key)).filter(value -> !value.isEmpty());
    }

    String required(String key) throws ConfigurationException {
        return optional(key).orElseThrow(() -> fault(key, "is missing"));
    }

    long number(String key, long min, long max) throws ConfigurationException {
        return number(key, required(key), min, max);
    }

    /** A number that need not be there. */
    long optionalNumber(String key, long min, long max, long otherwise) throws ConfigurationException {
        Optional<String> text = optional(key);
        return text.isPresent() ? number(key, text.get(), min, max) : otherwise;
    }

    private long number(String key, String text, long min, long max) throws ConfigurationException {
        try {
            long value = Long.parseLong(text);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException noNumber) {
            // said below
        }
        throw fault(key, "wants a whole number from " + min + " to " + max + ", has \"" + text + "\"");
    }

    /** The keys that begin like this, without it, with their values; taken. */
    Map<String, String> under(String prefix) {
        Map<String, String> found = new LinkedHashMap<>();
        left.forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                found.put(key.substring(prefix.length()), value);
            }
        });
        found.keySet().forEach(name -> left.remove(prefix + name));
        return found;
    }

    /** Nothing may be left. */
    void end() throws ConfigurationException {
        if (!left.isEmpty()) {
            throw fault(left.keySet().iterator().next(), "is not known");
        }
    }

    ConfigurationException fault(String key, String what) {
        return new ConfigurationException(file + ": " + key + ": " + what);
    }
}
