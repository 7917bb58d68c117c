// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/**
 * The far end of a port: answers each line that is sent with bytes from a recording, in pieces of random size. A line is
 * heard when all that was said before was read: so it was when it was recorded.
 */
final class ReplayedModem implements AtPort {
    /** A reader that has died takes nothing: milliseconds, and how often. */
    private static final long TAKEN_TRY = 50;

    private static final int TAKEN_TRIES = 600;

    private final Random random;
    private final Function<String, String> answers;
    private final PipedInputStream toHost = new PipedInputStream(1 << 16);
    private final PipedOutputStream out;
    private final StringBuilder typed = new StringBuilder();
    private final List<String> commands = new ArrayList<>();
    private int linesLeft = Integer.MAX_VALUE;
    private long said;
    private long read;
    private long taken;

    /**
     * @param answers from a line without its end (or a payload with its Ctrl-Z) to what the modem sends
     */
    ReplayedModem(long seed, Function<String, String> answers) throws IOException {
        this.random = new Random(seed);
        this.answers = answers;
        this.out = new PipedOutputStream(toHost);
    }

    /** Everything that was typed, line by line. */
    synchronized List<String> commands() {
        return List.copyOf(commands);
    }

    /** The modem speaks without being asked, or late. */
    synchronized void say(String text) {
        try {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            said += text.length();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Falls off its bus once so many lines were typed and the last was answered, whole or not. */
    synchronized void fallOffAfter(int lines) {
        linesLeft = lines;
    }

    /** The modem falls off its bus. */
    void fallOff() throws IOException {
        out.close();
    }

    @Override
    public int read(byte[] into) throws IOException {
        synchronized (this) {
            taken = read; // who asks for more has put away what it had
            notifyAll();
        }
        int most = 1 + random.nextInt(random.nextBoolean() ? 3 : 40);
        int length = toHost.read(into, 0, Math.min(most, into.length));
        synchronized (this) {
            read += Math.max(length, 0);
        }
        return length;
    }

    private void awaitTaken() {
        try {
            for (int i = 0; taken < said && i < TAKEN_TRIES; i++) {
                wait(TAKEN_TRY);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public synchronized void write(byte[] bytes) {
        awaitTaken();
        for (byte b : bytes) {
            char c = (char) (b & 0xff);
            if (c == 0x1a) {
                typed.append(c);
            }
            if (c == '\r' || c == 0x1a) {
                String line = typed.toString();
                typed.setLength(0);
                commands.add(line);
                say(answers.apply(line));
                linesLeft--;
                if (linesLeft == 0) {
                    close();
                }
            } else {
                typed.append(c);
            }
        }
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
