// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Every byte that crossed a port, line by line with time and direction, for whoever looks for a fault. What identifies
 * or authenticates is replaced by its length: identities, PINs, passwords, APDUs.
 */
public final class AtLog {
    /** Longest piece shown at once; a line longer than that is shown as its length only. */
    private static final int PIECE_MAX = 1024;

    private static final char CTRL_Z = 0x1a;
    private static final char ESCAPE = 0x1b;

    /** 14 digits and more are an IMSI, an IMEI, a PCID, an ICCID or key material. */
    private static final Pattern LONG_NUMBER = Pattern.compile("[0-9A-Fa-f]{14,}");

    private static final Pattern STRING = Pattern.compile("\"[^\"]*\"");

    /** A PIN may be written without quotes. */
    private static final Pattern PARAMETERS = Pattern.compile("(?<=[=,])[^,;]+");

    private static final Pattern APDU_LINE = Pattern.compile("(?i)^(AT)?\\+(CSIM|CGLA)\\b.*");

    /** File contents and passwords are in quotes. */
    private static final Pattern SECRET_STRING_LINE = Pattern.compile(
            "(?i)^(AT)?\\+(CRSM|CRLA)\\b.*|^AT(\\+(CGAUTH|QICSGP|UAUTHREQ|CWJAP)|\\^SGAUTH|#PDPAUTH)=.*");

    private static final Pattern PIN_LINE = Pattern.compile("(?i)^AT\\+(CPIN|CPIN2|CPWD|CLCK)=.*|^AT\\^SPIC=.*");

    /** An APDU, quoted or bare. */
    private static final Pattern HEX_BYTES = Pattern.compile("\"[^\"]*\"|(?<=,)\\s*[0-9A-Fa-f]{4,}");

    private final Consumer<String> out;
    private final LongSupplier nanoTime;
    private final long start;
    private final StringBuilder sent = new StringBuilder();
    private final StringBuilder received = new StringBuilder();

    public AtLog(Consumer<String> out, LongSupplier nanoTime) {
        this.out = out;
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
    }

    synchronized void sent(byte[] bytes) {
        add(sent, '>', bytes);
    }

    synchronized void received(byte[] bytes) {
        add(received, '<', bytes);
    }

    /** What the engine decided. The text must hold no secret. */
    synchronized void note(String text) {
        emit('*', text);
    }

    private void add(StringBuilder piece, char direction, byte[] bytes) {
        for (byte b : bytes) {
            char c = (char) (b & 0xff);
            boolean over = hasContent(piece) && isLineEnd(piece.charAt(piece.length() - 1));
            if (over && !isLineEnd(c)) {
                flush(piece, direction);
            }
            if (piece.length() <= PIECE_MAX) {
                piece.append(c);
            }
            boolean ends = direction == '>' ? c == '\r' || c == CTRL_Z || c == ESCAPE : c == '\n';
            if (ends && hasContent(piece)) {
                flush(piece, direction);
            }
        }
    }

    private static boolean hasContent(StringBuilder piece) {
        return piece.chars().anyMatch(c -> !isLineEnd((char) c));
    }

    private static boolean isLineEnd(char c) {
        return c == '\r' || c == '\n';
    }

    private void flush(StringBuilder piece, char direction) {
        String text = piece.toString();
        piece.setLength(0);
        emit(direction, text.length() > PIECE_MAX ? "<more than " + PIECE_MAX + " bytes>" : printable(redact(text)));
    }

    private void emit(char direction, String text) {
        long micros = (nanoTime.getAsLong() - start) / 1000;
        out.accept("%d.%06d %c %s".formatted(micros / 1_000_000, micros % 1_000_000, direction, text));
    }

    static String redact(String line) {
        String start = line.strip();
        String shown = line;
        if (APDU_LINE.matcher(start).matches()) {
            shown = hide(HEX_BYTES, shown);
        } else if (PIN_LINE.matcher(start).matches()) {
            shown = hide(PARAMETERS, shown);
        } else if (SECRET_STRING_LINE.matcher(start).matches()) {
            shown = hide(STRING, shown);
        }
        return hide(LONG_NUMBER, shown);
    }

    private static String hide(Pattern what, String line) {
        return what.matcher(line)
                .replaceAll(found ->
                        Matcher.quoteReplacement("<" + found.group().strip().length() + ">"));
    }

    private static String printable(String text) {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\r' -> shown.append("<CR>");
                case '\n' -> shown.append("<LF>");
                default -> {
                    if (c < ' ' || c > '~') {
                        shown.append("<%02X>".formatted((int) c));
                    } else {
                        shown.append(c);
                    }
                }
            }
        }
        return shown.toString();
    }
}
