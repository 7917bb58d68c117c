// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.emulated;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.m2me.hal.at.AtText;
import org.m2me.hal.emulated.AtRefusal.Why;

/**
 * One command of a command line.
 *
 * @param name in capitals, with its sign: {@code +CREG}, {@code E}, {@code &F}
 * @param fields parameters, unquoted; one empty one if there are none
 */
record AtRequest(String name, Kind kind, List<String> fields) {
    /** The forms of V.250 5.4. */
    enum Kind {
        EXECUTE,
        READ,
        TEST,
        SET
    }

    private static final Pattern EXTENDED =
            Pattern.compile("([+*^#!%$][A-Z0-9_]+)(=\\?|\\?|=)?(.*)", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private static final Pattern BASIC = Pattern.compile(
            "(S\\d+)(=|\\?)(\\d*)|(D)(.*)|([&\\\\]?[A-Z])(\\d*)", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    AtRequest {
        fields = List.copyOf(fields);
    }

    /**
     * The commands of a line.
     *
     * @param line without AT
     * @throws AtRefusal if it is not a command line
     */
    static List<AtRequest> parse(String line) throws AtRefusal {
        List<AtRequest> requests = new ArrayList<>();
        for (String part : AtText.split(line, ';')) {
            parsePart(part.strip(), requests);
        }
        return requests;
    }

    private static void parsePart(String part, List<AtRequest> requests) throws AtRefusal {
        String rest = part;
        while (!rest.isEmpty()) {
            Matcher extended = EXTENDED.matcher(rest);
            if (extended.matches()) {
                requests.add(extended(extended));
                return;
            }
            Matcher basic = BASIC.matcher(rest);
            if (!basic.lookingAt()) {
                throw new AtRefusal(Why.NO_SUCH_COMMAND);
            }
            requests.add(basic(basic));
            rest = rest.substring(basic.end()).strip();
        }
    }

    private static AtRequest extended(Matcher match) throws AtRefusal {
        String sign = match.group(2) == null ? "" : match.group(2);
        Kind kind = switch (sign) {
            case "" -> Kind.EXECUTE;
            case "?" -> Kind.READ;
            case "=?" -> Kind.TEST;
            default -> Kind.SET;
        };
        if (kind != Kind.SET && !match.group(3).isBlank()) {
            throw new AtRefusal(Why.NO_SUCH_COMMAND);
        }
        return new AtRequest(match.group(1).toUpperCase(Locale.ROOT), kind, AtText.fields(match.group(3)));
    }

    private static AtRequest basic(Matcher match) {
        if (match.group(1) != null) {
            Kind kind = match.group(2).equals("?") ? Kind.READ : Kind.SET;
            return new AtRequest(match.group(1).toUpperCase(Locale.ROOT), kind, List.of(match.group(3)));
        }
        if (match.group(4) != null) {
            return new AtRequest("D", Kind.SET, List.of(match.group(5)));
        }
        return new AtRequest(match.group(6).toUpperCase(Locale.ROOT), Kind.EXECUTE, List.of(match.group(7)));
    }

    boolean is(Kind other) {
        return kind == other;
    }

    boolean has(int index) {
        return index < fields.size() && !fields.get(index).isEmpty();
    }

    String text(int index) throws AtRefusal {
        if (index >= fields.size()) {
            throw new AtRefusal(Why.BAD_PARAMETERS);
        }
        return fields.get(index);
    }

    int number(int index) throws AtRefusal {
        try {
            return Integer.parseInt(text(index));
        } catch (NumberFormatException e) {
            throw new AtRefusal(Why.BAD_PARAMETERS);
        }
    }

    /** A number in a range, or a default where none is given. */
    int number(int index, int least, int most, int otherwise) throws AtRefusal {
        int value = has(index) ? number(index) : otherwise;
        if (value < least || value > most) {
            throw new AtRefusal(Why.BAD_PARAMETERS);
        }
        return value;
    }

    byte[] bytes(int index) throws AtRefusal {
        try {
            return HexFormat.of().parseHex(text(index));
        } catch (IllegalArgumentException e) {
            throw new AtRefusal(Why.BAD_PARAMETERS);
        }
    }
}
