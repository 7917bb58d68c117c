// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.emulated;

import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Stands between the port and the commands: in trouble, it keeps what hosts type, and looks for what ends it. */
final class TroubleFilter {
    /** V.250 S12: 50 fiftieths of a second. */
    private static final Duration GUARD = Duration.ofSeconds(1);

    private static final String ESCAPE = "+++";

    /** TS 27.010 5.4.6.3.3, as bytes in characters. */
    private static final String CLOSE_DOWN = latin("f903ef05c301f2f9");

    private static final String RESET = "AT+CFUN=1,1\r";

    private final LongSupplier nanoTime;
    private final Runnable reset;
    private final StringBuilder typed = new StringBuilder();
    private volatile Trouble trouble = Trouble.NONE;
    private long lastByte;
    private boolean quietBefore;

    /**
     * A port without trouble.
     *
     * @param reset what a mute modem still performs
     */
    TroubleFilter(LongSupplier nanoTime, Runnable reset) {
        this.nanoTime = nanoTime;
        this.reset = reset;
        this.lastByte = nanoTime.getAsLong();
    }

    /** For a module that never gets into trouble. */
    static TroubleFilter withoutTrouble() {
        return new TroubleFilter(() -> 0, () -> {});
    }

    private static String latin(String hex) {
        StringBuilder text = new StringBuilder();
        for (byte b : HexFormat.of().parseHex(hex)) {
            text.append((char) (b & 0xff));
        }
        return text.toString();
    }

    synchronized void enter(Trouble next) {
        trouble = next;
        typed.setLength(0);
        quietBefore = true;
    }

    Trouble now() {
        return trouble;
    }

    /**
     * Whether a character does not reach the commands.
     *
     * @param say sends to the host that typed it
     */
    boolean keeps(char c, Consumer<String> say) {
        if (trouble == Trouble.NONE) {
            return false;
        }
        boolean resets;
        synchronized (this) {
            long now = nanoTime.getAsLong();
            boolean quiet = now - lastByte >= GUARD.toNanos();
            lastByte = now;
            switch (trouble) {
                case NONE -> {
                    return false;
                }
                case ASLEEP -> wakeBy(c);
                case DATA_MODE -> {
                    if (quiet && isEscaped()) {
                        enter(Trouble.NONE);
                        return false; // the first character of a command: the silence after the escape is over
                    }
                    passData(c, quiet, say);
                }
                case MULTIPLEXER -> passFrames(c);
                case MUTE, HUNG, LOCKED_UP -> keep(c, RESET.length());
            }
            resets = trouble == Trouble.MUTE && RESET.contentEquals(typed);
        }
        if (resets) {
            enter(Trouble.NONE);
            reset.run();
        }
        return true;
    }

    private void wakeBy(char c) {
        if (c == '\r') {
            enter(Trouble.NONE);
        }
    }

    private void keep(char c, int most) {
        typed.append(c);
        if (typed.length() > most) {
            typed.delete(0, typed.length() - most);
        }
    }

    private void passFrames(char c) {
        keep(c, CLOSE_DOWN.length());
        if (CLOSE_DOWN.contentEquals(typed)) {
            enter(Trouble.NONE);
        }
    }

    private void passData(char c, boolean quiet, Consumer<String> say) {
        if (quiet) {
            typed.setLength(0);
            quietBefore = true;
        }
        typed.append(c);
        if (!ESCAPE.startsWith(typed.toString())) {
            typed.setLength(0);
            quietBefore = false;
        }
        if (isEscaped()) {
            long at = lastByte;
            CompletableFuture.delayedExecutor(GUARD.toMillis(), TimeUnit.MILLISECONDS)
                    .execute(() -> escape(at, say));
        }
    }

    private boolean isEscaped() {
        return quietBefore && ESCAPE.contentEquals(typed);
    }

    private void escape(long at, Consumer<String> say) {
        synchronized (this) {
            if (trouble != Trouble.DATA_MODE || lastByte != at) {
                return; // more data came: it was no escape
            }
            enter(Trouble.NONE);
        }
        say.accept("OK");
    }
}
