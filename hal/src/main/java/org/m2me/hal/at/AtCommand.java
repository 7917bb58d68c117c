// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A command line for a modem, and how its answer is told from everything else that comes. */
public final class AtCommand {
    /** Longest command line: a CGLA with an extended APDU fits, a runaway string does not. */
    static final int TEXT_MAX = 4096;

    private static final Pattern NAME = Pattern.compile("(?:AT)?([+#^*!%$&\\\\@][A-Z0-9_]+|[A-Z]\\d*)");

    private final String text;
    private final Set<String> names;
    private final Duration limit;
    private final Duration patience;
    private final Form form;

    /** How an answer differs from the usual. */
    private record Form(
            @Nullable String payload,
            @Nullable String completedBy,
            @Nullable String counted) {}

    private AtCommand(String text, Set<String> names, Duration limit, Duration patience, Form form) {
        this.text = text;
        this.names = names;
        this.limit = limit;
        this.patience = patience;
        this.form = form;
    }

    /**
     * A command with the time limit that {@link AtLimits} has for it.
     *
     * @param text without the carriage return
     */
    public static AtCommand of(String text) {
        if (text.length() > TEXT_MAX || text.chars().anyMatch(c -> c < ' ' || c > '~')) {
            throw new IllegalArgumentException("AT command: too long, or not printable ASCII");
        }
        Duration limit = AtLimits.of(text);
        return new AtCommand(text, namesIn(text), limit, limit, new Form(null, null, null));
    }

    /** For a modem that is known to be done with the command, answer or not, after another time than usual. */
    public AtCommand within(Duration other) {
        return new AtCommand(text, names, other, other, form);
    }

    /** Who asks does not wait longer than this. The modem may still be at it, and nothing is typed until it is done. */
    public AtCommand waitedFor(Duration most) {
        return new AtCommand(text, names, limit, most.compareTo(limit) < 0 ? most : limit, form);
    }

    /** What to send at the prompt, ended by Ctrl-Z. */
    public AtCommand withPayload(String bytes) {
        return new AtCommand(text, names, limit, patience, new Form(bytes, form.completedBy, form.counted));
    }

    /** The result proper comes on a line of this name after OK, as in AT+CPING. */
    public AtCommand completedBy(String name) {
        return new AtCommand(text, names, limit, patience, new Form(form.payload, name, form.counted));
    }

    /** In the answer of this name the field before a string is the string's length in bytes, as in AT+USORD. */
    public AtCommand counted(String name) {
        return new AtCommand(text, names, limit, patience, new Form(form.payload, form.completedBy, name));
    }

    public String text() {
        return text;
    }

    /** How long the modem may be at it. */
    public Duration limit() {
        return limit;
    }

    /** How long who asks waits: not longer than the limit. */
    Duration patience() {
        return patience;
    }

    Optional<String> payload() {
        return Optional.ofNullable(form.payload);
    }

    Optional<String> completedBy() {
        return Optional.ofNullable(form.completedBy);
    }

    Optional<String> counted() {
        return Optional.ofNullable(form.counted);
    }

    Set<String> names() {
        return names;
    }

    /** Whether it only reads a value: {@code AT+CREG?}. */
    boolean isRead() {
        return text.endsWith("?") && !text.endsWith("=?");
    }

    /** Whether it has an extended name; only basic commands are answered with bare digits by chance. */
    boolean isExtended() {
        return text.chars().anyMatch(c -> "+#^*!%$".indexOf(c) >= 0);
    }

    /** Its name without arguments: may be logged and shown. */
    @Override
    public String toString() {
        Matcher end = Pattern.compile("[=?;]").matcher(text);
        return end.find() ? text.substring(0, end.start()) : text;
    }

    /** Whether a line is an information line of this name: {@code +CGLA:34,…}, {@code +CSMS=(0)}. */
    static boolean answers(String line, String name) {
        return line.length() > name.length()
                && line.regionMatches(true, 0, name, 0, name.length())
                && ":=".indexOf(line.charAt(name.length())) >= 0;
    }

    private static Set<String> namesIn(String text) {
        Set<String> names = new LinkedHashSet<>();
        for (String part : AtText.split(text, ';')) {
            Matcher name = NAME.matcher(part.strip().toUpperCase(Locale.ROOT));
            if (name.lookingAt()) {
                names.add(name.group(1));
            }
        }
        return names;
    }
}
