// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bench;

import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Says now and then how far a run is: on a terminal in one line, else in lines of their own. */
final class Progress {
    private static final Duration PERIOD_TERMINAL = Duration.ofMillis(200);
    private static final Duration PERIOD_LINES = Duration.ofSeconds(15);

    private final PrintStream out;
    private final boolean terminal;
    private final Clock clock;
    private String heading = "";
    private Instant begun;
    private Instant shown;

    Progress(PrintStream out, boolean terminal, Clock clock) {
        this.out = out;
        this.terminal = terminal;
        this.clock = clock;
        this.begun = clock.instant();
        this.shown = begun;
    }

    /** From here on what is shown belongs to this. */
    synchronized void begin(String what) {
        heading = what;
        begun = clock.instant();
        shown = begun;
    }

    synchronized void show(String what, int done, int of) {
        Instant now = clock.instant();
        Duration period = terminal ? PERIOD_TERMINAL : PERIOD_LINES;
        if (done < of && Duration.between(shown, now).compareTo(period) < 0) {
            return;
        }
        shown = now;
        String line = String.format(
                Locale.ROOT,
                "%s: %,d of %,d %s, %d s",
                heading,
                done,
                of,
                what,
                Duration.between(begun, now).toSeconds());
        if (terminal && done < of) {
            out.print("\r" + line + "   ");
        } else {
            out.println((terminal ? "\r" : "") + line + (terminal ? "   " : ""));
        }
        out.flush();
    }
}
