// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes lines out of a modem's bytes, however they are cut into reads. Bytes become characters one to one (ISO 8859-1).
 *
 * <p>A line ends with CR or LF, so that CR LF, CR CR LF, LF and CR alone all do, and a missing first CR LF does not
 * matter; empty lines are nothing. Inside the quotes of an information line CR and LF are content.
 */
final class AtParser {
    /** Takes what the parser found. */
    interface Sink {
        void line(String line);

        /** The modem waits for a payload. Only reported when one was announced. */
        void prompt();

        /** A line that no modem says: line noise, or the frames of a mode in which the modem should not be. */
        void noise(int length);
    }

    /** Longest line kept: COPS=? of a big city and 1 kB of socket data fit; the rest of a longer line is dropped. */
    static final int LINE_MAX = 8192;

    /** Last words of a modem that ends without a line end. */
    private static final Set<String> UNENDED = Set.of("POWERED DOWN", "NORMAL POWER DOWN");

    private static final char DELETE = 0x7f;

    /** Before the names of extended commands. */
    private static final String SIGNS = "+#^*!%$&";

    private enum State {
        LINE_START,
        AFTER_PROMPT,
        LINE,
        STRING,
        COUNTED,
        TOO_LONG
    }

    private final Sink sink;
    private final StringBuilder line = new StringBuilder();
    private State state = State.LINE_START;
    private boolean promptExpected;
    private @Nullable String countedName;
    private int countedLeft;

    AtParser(Sink sink) {
        this.sink = sink;
    }

    /** A command is about to be sent: whether it ends in a prompt, and which answer carries a counted string. */
    void expect(boolean prompt, @Nullable String counted) {
        promptExpected = prompt;
        countedName = counted;
    }

    /** Forgets an unfinished line. */
    void reset() {
        line.setLength(0);
        state = State.LINE_START;
        promptExpected = false;
        countedName = null;
    }

    void feed(byte[] bytes) {
        for (byte b : bytes) {
            char c = (char) (b & 0xff);
            if (c != 0 || state == State.COUNTED) { // a UART that wakes up sends NULs
                take(c);
            }
        }
    }

    private void take(char c) {
        switch (state) {
            case LINE_START -> startLine(c);
            case AFTER_PROMPT -> {
                state = State.LINE_START;
                if (c != ' ') {
                    startLine(c);
                }
            }
            case LINE -> continueLine(c);
            case STRING -> continueString(c);
            case COUNTED -> continueCounted(c);
            case TOO_LONG -> {
                if (isLineEnd(c)) {
                    endLine();
                }
            }
        }
    }

    private void startLine(char c) {
        if (isLineEnd(c)) {
            return;
        }
        if (c == '>' && promptExpected) {
            promptExpected = false;
            state = State.AFTER_PROMPT;
            sink.prompt();
            return;
        }
        state = State.LINE;
        continueLine(c);
    }

    private void continueLine(char c) {
        if (isLineEnd(c)) {
            endLine();
            return;
        }
        append(c);
        if (c == '"' && state == State.LINE && mayHoldLineEnds()) {
            countedLeft = count();
            state = countedLeft > 0 ? State.COUNTED : State.STRING;
        } else if (UNENDED.contains(line.toString())) {
            endLine();
        }
    }

    private void continueString(char c) {
        append(c);
        if (c == '"' && state == State.STRING) {
            state = State.LINE;
        }
    }

    private void continueCounted(char c) {
        append(c);
        countedLeft--;
        if (countedLeft == 0 && state == State.COUNTED) {
            state = State.STRING; // the closing quote follows
        }
    }

    private void append(char c) {
        if (line.length() < LINE_MAX) {
            line.append(c);
        } else {
            state = State.TOO_LONG;
        }
    }

    private void endLine() {
        String whole = line.toString();
        line.setLength(0);
        state = State.LINE_START;
        if (isNoise(whole)) {
            sink.noise(whole.length());
        } else {
            sink.line(whole);
        }
    }

    /** Control characters outside of quotes, or not one printable ASCII character. */
    private static boolean isNoise(String whole) {
        boolean quoted = false;
        boolean readable = false;
        for (int i = 0; i < whole.length(); i++) {
            char c = whole.charAt(i);
            quoted ^= c == '"';
            readable |= c > ' ' && c < DELETE;
            if (!quoted && ((c < ' ' && c != '\t') || c == DELETE)) {
                return true;
            }
        }
        return !readable;
    }

    /** Information lines start with a sign; the quotes of an echo, of plain text or of noise protect nothing. */
    private boolean mayHoldLineEnds() {
        return SIGNS.indexOf(line.charAt(0)) >= 0;
    }

    private int count() {
        String name = countedName;
        if (name == null || !AtCommand.answers(line.toString(), name)) {
            return 0;
        }
        String before = line.substring(name.length() + 1, line.length() - 1);
        String[] fields = before.split(",", -1);
        String number = fields.length < 2 ? "" : fields[fields.length - 2].strip();
        boolean sane =
                !number.isEmpty() && number.length() <= 4 && number.chars().allMatch(Character::isDigit);
        return sane ? Integer.parseInt(number) : 0;
    }

    private static boolean isLineEnd(char c) {
        return c == '\r' || c == '\n';
    }
}
