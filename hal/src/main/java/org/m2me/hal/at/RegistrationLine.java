// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A line of +CREG, +CGREG, +CEREG or +C5GREG.
 *
 * @param name which of them
 * @param stat 0 not searching, 1 home, 2 searching, 3 denied, 4 unknown, 5 roaming, 6 and 7 SMS only (TS 27.007 7.2)
 * @param solicited whether it has the shape of an answer, with the mode before the state
 */
record RegistrationLine(String name, int stat, boolean solicited) {
    static final Set<String> NAMES = Set.of("+CREG", "+CGREG", "+CEREG", "+C5GREG");

    /** Modes are 0 to 5. Some modems write them with leading zeros. */
    private static final Pattern MODE = Pattern.compile("0{0,3}[0-5]");

    private static final Pattern STAT = Pattern.compile("0{0,3}([0-9]|1[01])");

    /** Longest unquoted decimal state; four digits are an unquoted area code unless a quoted one follows. */
    private static final int STAT_DIGITS = 3;

    /** The line's meaning, or empty if it is none of these, or not one that can be read. */
    static Optional<RegistrationLine> parse(String line) {
        return NAMES.stream()
                .filter(name -> AtCommand.answers(line, name))
                .findFirst()
                .flatMap(name -> parse(name, AtText.split(line.substring(name.length() + 1), ',')));
    }

    private static Optional<RegistrationLine> parse(String name, List<String> raw) {
        List<String> fields = raw.stream().map(String::strip).toList();
        boolean solicited = hasModeFirst(fields);
        String stat = fields.get(solicited ? 1 : 0);
        return STAT.matcher(stat).matches()
                ? Optional.of(new RegistrationLine(name, Integer.parseInt(stat), solicited))
                : Optional.empty();
    }

    private static boolean hasModeFirst(List<String> fields) {
        if (fields.size() < 2
                || !MODE.matcher(fields.get(0)).matches()
                || !STAT.matcher(fields.get(1)).matches()) {
            return false;
        }
        boolean areaIsQuoted = fields.size() > 2 && fields.get(2).startsWith("\"");
        return fields.get(1).length() <= STAT_DIGITS || areaIsQuoted;
    }

    boolean isRegistered() {
        return stat == 1 || stat == 5;
    }

    /** CREG says nothing about packet data: it may be 0 or 3 while data works. */
    boolean isForPacketData() {
        return !name.equals("+CREG");
    }
}
