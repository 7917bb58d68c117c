// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How a command ended.
 *
 * @param code number of a CME or CMS error, or -1
 * @param text the line as it came
 */
public record AtResult(Kind kind, int code, String text) {
    /** The final result codes of V.250, TS 27.007, TS 27.005, and what some vendors say instead. */
    public enum Kind {
        OK,
        CONNECT,
        ERROR,
        CME_ERROR,
        CMS_ERROR,
        NO_CARRIER,
        BUSY,
        NO_ANSWER,
        NO_DIALTONE,
        NOT_SUPPORTED,
        MODEM_ERROR,
        ABORTED
    }

    private static final Map<String, Kind> WHOLE_LINES = Map.ofEntries(
            Map.entry("OK", Kind.OK),
            Map.entry("CONNECT", Kind.CONNECT),
            Map.entry("ERROR", Kind.ERROR),
            Map.entry("NO CARRIER", Kind.NO_CARRIER),
            Map.entry("BUSY", Kind.BUSY),
            Map.entry("NO ANSWER", Kind.NO_ANSWER),
            Map.entry("NO DIALTONE", Kind.NO_DIALTONE),
            Map.entry("NO DIAL TONE", Kind.NO_DIALTONE),
            Map.entry("COMMAND NOT SUPPORT", Kind.NOT_SUPPORTED),
            Map.entry("NA", Kind.NOT_SUPPORTED),
            Map.entry("ABORTED", Kind.ABORTED));

    private static final Map<String, Kind> PREFIXES = Map.of(
            "CONNECT ", Kind.CONNECT,
            "+CME ERROR:", Kind.CME_ERROR,
            "+CMS ERROR:", Kind.CMS_ERROR,
            "MODEM ERROR:", Kind.MODEM_ERROR);

    /** Codes of ATV0, V.250 table 1; 2 is RING and ends nothing. */
    private static final Map<String, Kind> NUMERIC = Map.of(
            "0", Kind.OK,
            "1", Kind.CONNECT,
            "3", Kind.NO_CARRIER,
            "4", Kind.ERROR,
            "6", Kind.NO_DIALTONE,
            "7", Kind.BUSY,
            "8", Kind.NO_ANSWER);

    /** TS 27.007 9.2, as a modem with AT+CMEE=2 spells those that the host must tell apart. */
    private static final Map<String, Integer> CME_TEXTS = Map.ofEntries(
            Map.entry("operation not allowed", 3),
            Map.entry("operation not supported", 4),
            Map.entry("sim not inserted", 10),
            Map.entry("sim pin required", 11),
            Map.entry("sim failure", 13),
            Map.entry("sim busy", 14),
            Map.entry("no network service", 30),
            Map.entry("incorrect parameters", 50),
            Map.entry("unknown", 100));

    public boolean isOk() {
        return kind == Kind.OK || kind == Kind.CONNECT;
    }

    /** Whether it is one that a modem in numeric mode spells as any other does. */
    boolean isNumbered() {
        return kind == Kind.CME_ERROR || kind == Kind.CMS_ERROR;
    }

    /** The final result that a whole line is, if it is one. */
    static Optional<AtResult> of(String line) {
        String text = line.strip();
        Kind whole = WHOLE_LINES.get(text);
        if (whole != null) {
            return Optional.of(new AtResult(whole, -1, text));
        }
        return PREFIXES.entrySet().stream()
                .filter(entry -> text.startsWith(entry.getKey()))
                .findFirst()
                .map(entry -> new AtResult(
                        entry.getValue(), codeOf(text.substring(entry.getKey().length())), text));
    }

    /** The final result that a line of a modem in numeric mode is. */
    static Optional<AtResult> ofNumeric(String line) {
        String text = line.strip();
        return Optional.ofNullable(NUMERIC.get(text)).map(kind -> new AtResult(kind, -1, text));
    }

    private static int codeOf(String rest) {
        String code = rest.strip();
        if (!code.isEmpty() && code.length() <= 4 && code.chars().allMatch(Character::isDigit)) {
            return Integer.parseInt(code);
        }
        return CME_TEXTS.getOrDefault(code.toLowerCase(Locale.ROOT), -1);
    }
}
