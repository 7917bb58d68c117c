// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** How long a modem has to come back after each rung, and how often each may be used. */
public final class RecoveryLimits {
    /** Uses are counted over this time: a modem with a fault that no reset mends must not wear out its card and cell. */
    public static final Duration WINDOW = Duration.ofHours(1);

    private static final int NO_LIMIT = Integer.MAX_VALUE;

    /**
     * A rung's limits.
     *
     * @param patience how long the modem has to answer
     * @param perWindow most uses in {@link #WINDOW}
     */
    public record Limit(Duration patience, int perWindow) {}

    /**
     * Real modems: 30 s because an EC25 says RDY 21 s after its key was pressed; resets boot that long, and a power key
     * may have to switch off first, which takes a SIM7600 26 s. Six resets by command an hour are one per ten minutes,
     * and half as many for each rougher rung.
     */
    public static final RecoveryLimits MODEM = new RecoveryLimits(Map.of(
            RecoveryRung.RESYNCHRONISE, new Limit(Duration.ofSeconds(30), NO_LIMIT),
            RecoveryRung.LEAVE_DATA_MODE, new Limit(Duration.ofSeconds(5), NO_LIMIT),
            RecoveryRung.LEAVE_MULTIPLEXER, new Limit(Duration.ofSeconds(5), NO_LIMIT),
            RecoveryRung.RESET_BY_COMMAND, new Limit(Duration.ofSeconds(40), 6),
            RecoveryRung.RESET_LINE, new Limit(Duration.ofSeconds(40), 3),
            RecoveryRung.POWER_KEY, new Limit(Duration.ofSeconds(60), 2)));

    private final Map<RecoveryRung, Limit> limits;

    /**
     * Limits of another modem.
     *
     * @throws IllegalArgumentException if a rung has none
     */
    public RecoveryLimits(Map<RecoveryRung, Limit> limits) {
        this.limits = new EnumMap<>(limits);
        if (this.limits.size() != RecoveryRung.values().length) {
            throw new IllegalArgumentException("a rung has no limit: only " + this.limits.keySet() + " do");
        }
    }

    Duration patience(RecoveryRung rung) {
        return limit(rung).patience();
    }

    int perWindow(RecoveryRung rung) {
        return limit(rung).perWindow();
    }

    private Limit limit(RecoveryRung rung) {
        Limit known = limits.get(rung);
        if (known == null) {
            throw new IllegalArgumentException("no limit for " + rung);
        }
        return known;
    }
}
