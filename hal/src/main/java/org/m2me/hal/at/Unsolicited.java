// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What modems say without being asked. */
final class Unsolicited {
    private static final Set<String> LINES = Set.of(
            "RING",
            "RDY",
            "APP RDY",
            "SMS DONE",
            "SMS READY",
            "PB DONE",
            "CALL READY",
            "POWERED DOWN",
            "NORMAL POWER DOWN",
            "PSM POWER DOWN",
            "WIFI CONNECTED",
            "WIFI GOT IP",
            "WIFI DISCONNECT");

    private static final List<String> STARTS = List.of(
            "+CRING:",
            "+CLIP:",
            "+CDIP:",
            "+CNAP:",
            "+CCWA:",
            "+COLP:",
            "+CREG:",
            "+CGREG:",
            "+CEREG:",
            "+C5GREG:",
            "+CGEV:",
            "+CIEV:",
            "+CMTI:",
            "+CMT:",
            "+CDS:",
            "+CDSI:",
            "+CUSD:",
            "+CPIN:",
            "+CTZV:",
            "+CTZE:",
            "+CTZDST:",
            "+NITZ",
            "+APP PDP:",
            "+KSUP",
            "+PACSP",
            "+QIND:",
            "+QUSIM:",
            "+QIURC:",
            "+UUS",
            "+UUP",
            "*ATREADY:",
            "*PSUTTZ:",
            "*ECAV:",
            "#QSS:",
            "^CIEV:",
            "VOICE CALL:",
            "MISSED_CALL:",
            "DST:");

    private Unsolicited() {}

    static boolean isKnown(String line) {
        String upper = line.strip().toUpperCase(Locale.ROOT);
        return LINES.contains(upper) || STARTS.stream().anyMatch(upper::startsWith);
    }
}
