// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.console;

import java.time.Duration;
import java.util.Locale;

/** How far a fleet is: drawn on one line of a terminal, or as a line at each tenth of the way. */
public final class ProgressBar {
    private static final int WIDTH = 40;

    private final Terminal terminal;
    private final int total;
    private final String arrived;
    private int lastTenth = -1;

    /** @param arrived what has become of those for whom it went well */
    public ProgressBar(Terminal terminal, int total, String arrived) {
        this.terminal = terminal;
        this.total = total;
        this.arrived = arrived;
    }

    /** @param running devices that have begun and not ended */
    public synchronized void show(int good, int bad, int running, Duration elapsed) {
        int done = good + bad;
        int filled = WIDTH * done / total;
        String text = String.format(
                Locale.ROOT,
                "[%s%s] %d/%d  %s %d, refused or failed %d, under way %d  %d s",
                "#".repeat(filled),
                "·".repeat(WIDTH - filled),
                done,
                total,
                arrived,
                good,
                bad,
                running,
                elapsed.toSeconds());
        if (terminal.isInteractive()) {
            terminal.draw(text);
        } else if (10 * done / total != lastTenth) {
            lastTenth = 10 * done / total;
            terminal.line(text);
        }
    }
}
