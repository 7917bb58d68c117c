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

    /**
     * What follows one of these in a command line is hidden to the line's end: a password may hold any character. PINs,
     * passwords of modems, of access points and of WLANs, and EAP, whose challenges and answers are key material.
     */
    private static final Pattern SECRET_PARAMETERS = Pattern.compile(
            "(?i)([+^#!](CPIN2?|EPIN|CPWD|CLCK|SPIC|ENTERCND|CGAUTH|QICSGP|UAUTHREQ|SGAUTH|PDPAUTH|CWJAP|CEAP|CERP)"
                    + "(=|:(?! ?(READY|SIM|PH-|NOT ))))(?=.*[0-9A-Za-z\"]).*");

    /** APDUs and contents of files, quoted or bare, in the command or in the answer. */
    private static final Pattern APDU_LINE = Pattern.compile("(?i).*[+](CSIM|CGLA)\\s*[=:].*");

    private static final Pattern FILE_ANSWER = Pattern.compile("(?i).*[+](CRSM|CRLA):.*");
    private static final Pattern FILE_COMMAND = Pattern.compile("(?i).*[+](CRSM|CRLA)=.*");

    private static final Pattern STRING = Pattern.compile("\"[^\"]*\"?");
    private static final Pattern HEX_BYTES = Pattern.compile("\"[^\"]*\"?|(?<=,)\\s*[0-9A-Fa-f]{4,}");

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
        emit(direction, shown(direction, text));
    }

    private static String shown(char direction, String text) {
        if (text.length() > PIECE_MAX) {
            return "<more than " + PIECE_MAX + " bytes>";
        }
        boolean atPrompt = direction == '>' && text.charAt(text.length() - 1) == CTRL_Z;
        return atPrompt ? "<" + (text.length() - 1) + " at the prompt>" : printable(redact(text));
    }

    private void emit(char direction, String text) {
        long micros = (nanoTime.getAsLong() - start) / 1000;
        out.accept("%d.%06d %c %s".formatted(micros / 1_000_000, micros % 1_000_000, direction, text));
    }

    static String redact(String line) {
        int end = line.stripTrailing().length();
        String content = line.substring(0, end);
        String shown = SECRET_PARAMETERS
                .matcher(content)
                .replaceAll(found -> Matcher.quoteReplacement(found.group(1) + "<"
                        + (found.group().length() - found.group(1).length()) + ">"));
        String flat = content.replace('\r', ' ').replace('\n', ' ');
        if (APDU_LINE.matcher(flat).matches() || FILE_ANSWER.matcher(flat).matches()) {
            shown = hide(HEX_BYTES, shown);
        } else if (FILE_COMMAND.matcher(flat).matches()) {
            shown = hide(STRING, shown);
        }
        return hide(LONG_NUMBER, shown) + line.substring(end);
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
