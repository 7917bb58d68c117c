// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** How long each command may take: longer than any modem needs, so that nothing is typed into a running command. */
final class AtLimits {
    /**
     * A limit and where it comes from.
     *
     * @param start how the command line begins; the first entry that fits counts
     */
    private record Limit(String start, Duration limit, String reason) {}

    /** A URC about to come can hold back even a trivial answer for 2 to 3 s; ubxlib allows 10 s. */
    private static final Duration DEFAULT = Duration.ofSeconds(10);

    private static final List<Limit> TABLE = List.of(
            seconds("AT+COPS=?", 315, "scans every band; ModemManager's limit"),
            seconds("AT+COPS?", 10, "reads a stored name"),
            seconds("AT+COPS=3", 10, "only sets the format"),
            seconds("AT+COPS=", 120, "searches and registers; ModemManager's limit"),
            seconds("AT+CGACT=0", 40, "u-blox manual, deactivation"),
            seconds("AT+CGACT=1", 150, "u-blox and Quectel manuals, activation"),
            seconds("AT+CGATT=", 140, "Quectel manual, attach"),
            seconds("AT+CFUN=", 15, "Quectel manual; some modems read the card before OK"),
            seconds("AT+CPIN=", 15, "Quectel manual 5 s, plus the card"),
            seconds("AT+CGLA", 15, "an authentication in a slow card, and a busy modem"),
            seconds("AT+CSIM", 15, "as CGLA"),
            seconds("AT+CCHO", 15, "selects an application in the card"),
            seconds("AT+CCHC", 15, "as CCHO"),
            seconds("AT+CRSM", 15, "selects and reads a file in the card"),
            seconds("AT+CWJAP", 30, "joins a WLAN and waits for DHCP; ESP-AT's own limit is 15 s for each"),
            seconds("ATD", 150, "data call, as CGACT"),
            seconds("AT+CUSD", 30, "the network answers"),
            seconds("AT+CMGS", 60, "the network takes the message"));

    private AtLimits() {}

    static Duration of(String command) {
        String upper = command.toUpperCase(Locale.ROOT);
        return TABLE.stream()
                .filter(entry -> upper.startsWith(entry.start()))
                .map(Limit::limit)
                .findFirst()
                .orElse(DEFAULT);
    }

    private static Limit seconds(String start, int seconds, String reason) {
        return new Limit(start, Duration.ofSeconds(seconds), reason);
    }
}
