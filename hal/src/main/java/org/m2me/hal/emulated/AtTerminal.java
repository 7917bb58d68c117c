// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.emulated;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.m2me.hal.emulated.AtRefusal.Why;

/** One host on the emulated modem's port: reads command lines, has them performed, keeps what the host set. */
final class AtTerminal implements Runnable {
    private static final System.Logger LOG = System.getLogger(AtTerminal.class.getName());

    /** Longest command line; a longer one is refused whole. */
    private static final int LINE_MAX = 4096;

    private static final char BACKSPACE = 8;

    /** What a host may set, and ATZ and AT&F set back. Read by the threads that report, too. */
    static final class Settings {
        volatile boolean echo = true;
        volatile boolean verbose = true;
        volatile boolean quiet;
        volatile int errorLevel;
        volatile int packetEvents;
        volatile int operatorFormat;
        volatile boolean ucs2;
        final Map<String, Integer> registrationModes = new ConcurrentHashMap<>();
    }

    private final ByteChannel channel;
    private final Map<String, AtHandler> commands;
    private final AtServer.Power power;
    private final TroubleFilter trouble;
    private final StringBuilder line = new StringBuilder();
    private final List<Runnable> afterwards = new ArrayList<>();
    private volatile Settings settings = new Settings();
    private String previous = "";
    private boolean tooLong;

    AtTerminal(ByteChannel channel, Map<String, AtHandler> commands, AtServer.Power power, TroubleFilter trouble) {
        this.channel = channel;
        this.commands = commands;
        this.power = power;
        this.trouble = trouble;
    }

    Settings settings() {
        return settings;
    }

    void resetSettings() {
        settings = new Settings();
    }

    /** Has something done once OK is sent. */
    void afterwards(Runnable action) {
        afterwards.add(action);
    }

    @Override
    public void run() {
        ByteBuffer buffer = ByteBuffer.allocate(1024);
        try (channel) {
            while (channel.read(buffer) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    take((char) (buffer.get() & 0xff));
                }
                buffer.clear();
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "the host left: {0}", e.getMessage());
        }
    }

    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "closing the host''s connection: {0}", e.getMessage());
        }
    }

    /** Sends a line that was not asked for. */
    void unsolicited(String text) {
        if (!power.isOn() || settings.quiet || trouble.now() != Trouble.NONE) {
            return;
        }
        try {
            write("\r\n" + text + "\r\n");
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "the host is gone: {0}", e.getMessage());
        }
    }

    private void take(char c) throws IOException {
        if (!power.isOn()) {
            line.setLength(0); // a modem that is off hears nothing
            return;
        }
        if (trouble.keeps(c, this::unsolicited)) {
            line.setLength(0);
            return;
        }
        if (settings.echo) {
            write(String.valueOf(c));
        }
        if (c == '\r') {
            String whole = line.toString().strip();
            line.setLength(0);
            boolean dropped = tooLong;
            tooLong = false;
            perform(whole, dropped);
        } else if (c == BACKSPACE) {
            line.setLength(Math.max(0, line.length() - 1));
        } else if (c == '\n' || c < ' ') {
            return; // hosts that end lines with CR LF, and escapes out of a prompt
        } else if (line.length() < LINE_MAX) {
            line.append(c);
        } else {
            tooLong = true;
        }
    }

    private void perform(String typed, boolean dropped) throws IOException {
        String whole = typed.equalsIgnoreCase("A/") ? previous : typed;
        if (!whole.regionMatches(true, 0, "AT", 0, 2)) {
            return; // noise
        }
        previous = whole;
        ByteArrayOutputStream reply = new ByteArrayOutputStream();
        String result = dropped ? "ERROR" : performAll(whole.substring(2), reply);
        if (power.isOn() && !settings.quiet && trouble.now() == Trouble.NONE) {
            String ends = settings.verbose ? "\r\n" + result + "\r\n" : numeric(result) + "\r";
            write(reply.toString(StandardCharsets.ISO_8859_1) + ends);
        }
        List<Runnable> now = List.copyOf(afterwards);
        afterwards.clear();
        now.forEach(Runnable::run);
    }

    private String performAll(String text, ByteArrayOutputStream reply) {
        try {
            for (AtRequest request : AtRequest.parse(text)) {
                AtHandler handler = commands.get(request.name());
                if (handler == null) {
                    throw new AtRefusal(Why.NO_SUCH_COMMAND);
                }
                List<String> lines = handler.handle(request, this);
                if (!lines.isEmpty()) {
                    String block = String.join("\r\n", lines) + "\r\n";
                    reply.writeBytes(((settings.verbose ? "\r\n" : "") + block).getBytes(StandardCharsets.ISO_8859_1));
                }
            }
            return "OK";
        } catch (AtRefusal e) {
            return e.line(settings.errorLevel);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "command failed", e);
            return "ERROR";
        }
    }

    private static String numeric(String result) {
        return switch (result) {
            case "OK" -> "0";
            case "ERROR" -> "4";
            default -> result;
        };
    }

    private synchronized void write(String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
