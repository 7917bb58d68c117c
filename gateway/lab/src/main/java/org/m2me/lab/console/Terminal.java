// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.console;

import java.io.PrintStream;

/** Where a person looks: colours and a line that is drawn anew only where the output is a terminal. */
public final class Terminal {
    private static final String RESET = "\u001b[0m";

    /** How a piece of text looks on a terminal. */
    public enum Style {
        PLAIN(""),
        GOOD("\u001b[32m"),
        BAD("\u001b[31;1m"),
        FAINT("\u001b[2m"),
        HEADING("\u001b[1m");

        private final String code;

        Style(String code) {
            this.code = code;
        }
    }

    private final PrintStream out;
    private final boolean interactive;
    private int drawn;

    /** @param interactive whether {@code out} is a terminal that knows colours */
    public Terminal(PrintStream out, boolean interactive) {
        this.out = out;
        this.interactive = interactive;
    }

    public boolean isInteractive() {
        return interactive;
    }

    /** A line that stays. */
    public synchronized void line(String text) {
        clear();
        out.println(text);
        out.flush();
    }

    /** A line that the next one replaces; without a terminal, nothing. */
    public synchronized void draw(String text) {
        if (interactive) {
            clear();
            out.print(text);
            out.flush();
            drawn = text.length();
        }
    }

    /** The text in a style, where there is one to be seen. */
    public String styled(Style style, String text) {
        return interactive && style != Style.PLAIN ? style.code + text + RESET : text;
    }

    private void clear() {
        if (drawn > 0) {
            out.print("\r\u001b[2K");
            drawn = 0;
        }
    }
}
