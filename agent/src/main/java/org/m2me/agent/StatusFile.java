// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import org.m2me.agent.transport.Traffic;
import org.m2me.protocol.message.ResultCode;

/** Keeps the agent's status where another process can read it, whole at every moment. Not durable: it tells of now. */
public final class StatusFile {
    private static final String IN_USE = ".in.use";
    private static final String SILENT_SINCE = ".silent.since";

    /** The file lies on the board's flash, which each write wears; counters that are so old still tell a person enough. */
    static final Duration COUNTERS_PAUSE = Duration.ofMinutes(5);

    private final Path file;
    private String kept = "";
    private OptionalLong countersKept = OptionalLong.empty();

    public StatusFile(Path file) {
        this.file = file;
    }

    /**
     * Replaces what was there if there is news. What only crossed the air since then is news when it was not for a while.
     *
     * @param now by a clock that goes forward
     */
    void keep(AgentStatus status, long now) throws IOException {
        String news = withoutTraffic(status);
        boolean countersAlone = news.equals(kept);
        if (countersAlone && countersKept.isPresent() && now - countersKept.getAsLong() < COUNTERS_PAUSE.toNanos()) {
            return;
        }
        write(status);
        kept = news;
        if (countersAlone) {
            countersKept = OptionalLong.of(now);
        }
    }

    /** Replaces what was there. */
    void write(AgentStatus status) throws IOException {
        String text = withoutTraffic(status) + traffic(status.traffic());
        Path aside = file.resolveSibling(file.getFileName() + ".new");
        Files.createDirectories(
                Optional.ofNullable(file.toAbsolutePath().getParent()).orElseThrow());
        Files.writeString(aside, text);
        try {
            Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException plain) {
            Files.move(aside, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static String withoutTraffic(AgentStatus status) {
        StringBuilder text = new StringBuilder();
        line(text, "state", status.state().name());
        line(text, "since", status.since().toString());
        line(text, "reason", status.reason());
        line(text, "operator", status.operator().orElse(""));
        line(text, "last.refusal", status.lastRefusal().map(ResultCode::name).orElse(""));
        line(text, "asks.again", status.asksAgain().map(Instant::toString).orElse(""));
        line(text, "change", status.change().orElse(""));
        line(text, "fall.back", status.fallBack().orElse(""));
        line(text, "pcid.expires", status.pcidExpires().map(Instant::toString).orElse(""));
        server(text, "application", status.application());
        server(text, "management", status.management());
        line(text, "case.opened", status.caseOpened().map(Instant::toString).orElse(""));
        line(text, "boot.count", Long.toString(status.bootCount()));
        return text.toString();
    }

    private static String traffic(Traffic t) {
        StringBuilder text = new StringBuilder();
        line(text, "handshakes", Long.toString(t.handshakes()));
        line(text, "handshake.bytes", Long.toString(t.handshakeBytes()));
        line(text, "datagrams.up", Long.toString(t.datagramsUp()));
        line(text, "bytes.up", Long.toString(t.bytesUp()));
        line(text, "datagrams.down", Long.toString(t.datagramsDown()));
        line(text, "bytes.down", Long.toString(t.bytesDown()));
        return text.toString();
    }

    private static void server(StringBuilder text, String which, Optional<NamedServer> named) {
        line(text, which, named.map(NamedServer::address).orElse(""));
        line(text, which + IN_USE, named.map(it -> Boolean.toString(it.inUse())).orElse(""));
        line(
                text,
                which + SILENT_SINCE,
                named.flatMap(NamedServer::silentSince).map(Instant::toString).orElse(""));
    }

    private static void line(StringBuilder text, String key, String value) {
        text.append(key).append(" = ");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            // The format of java.util.Properties: one line, backslash escapes, no raw control characters.
            if (c == '\\') {
                text.append("\\\\");
            } else if (c < ' ' || c > '~') {
                text.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                text.append(c);
            }
        }
        text.append('\n');
    }

    /** @throws IOException if there is none, or it is not one */
    public AgentStatus read() throws IOException {
        Properties values = new Properties();
        try {
            values.load(new StringReader(Files.readString(file, StandardCharsets.UTF_8)));
            return new AgentStatus(
                    State.valueOf(value(values, "state")),
                    Instant.parse(value(values, "since")),
                    value(values, "reason"),
                    Optional.of(value(values, "operator")).filter(text -> !text.isEmpty()),
                    Optional.of(value(values, "last.refusal"))
                            .filter(text -> !text.isEmpty())
                            .map(ResultCode::valueOf),
                    moment(values, "asks.again"),
                    Optional.of(value(values, "change")).filter(text -> !text.isEmpty()),
                    Optional.of(value(values, "fall.back")).filter(text -> !text.isEmpty()),
                    moment(values, "pcid.expires"),
                    server(values, "application"),
                    server(values, "management"),
                    moment(values, "case.opened"),
                    number(values, "boot.count"),
                    new Traffic(
                            number(values, "handshakes"),
                            number(values, "handshake.bytes"),
                            number(values, "datagrams.up"),
                            number(values, "bytes.up"),
                            number(values, "datagrams.down"),
                            number(values, "bytes.down")));
        } catch (IllegalArgumentException | DateTimeParseException malformed) {
            throw new IOException(file + " is no status of an agent: " + malformed.getMessage(), malformed);
        }
    }

    private static String value(Properties values, String key) {
        return Optional.ofNullable(values.getProperty(key))
                .orElseThrow(() -> new IllegalArgumentException(key + " is missing"));
    }

    /** One of the lines that were not in the first status files. */
    private static Optional<Instant> moment(Properties values, String key) {
        return Optional.ofNullable(values.getProperty(key))
                .filter(text -> !text.isEmpty())
                .map(Instant::parse);
    }

    /** Likewise. */
    private static Optional<NamedServer> server(Properties values, String which) {
        return Optional.ofNullable(values.getProperty(which))
                .filter(address -> !address.isEmpty())
                .map(address -> new NamedServer(
                        address,
                        Boolean.parseBoolean(value(values, which + IN_USE)),
                        moment(values, which + SILENT_SINCE)));
    }

    private static long number(Properties values, String key) {
        return Long.parseLong(value(values, key));
    }
}
