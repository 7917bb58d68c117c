// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

import java.time.Duration;

/**
 * The engine's own waits and limits.
 *
 * @param gap silence after a result before the next command; a result that comes in it belongs to nobody
 * @param quiet silence that shows that nothing more of a late answer comes
 * @param drain longest wait for that silence
 * @param sync how long the modem has to answer one synchronisation
 * @param syncTries synchronisations before the modem counts as out of step
 * @param syncCommand asks for a text that never changes and that no other answer looks like
 * @param queueMax commands that may wait
 * @param escapeGuard silence before and after the +++ that ends data mode
 * @param silencesMax commands in a row without any answer after which the port counts as lost
 */
public record AtTiming(
        Duration gap,
        Duration quiet,
        Duration drain,
        Duration sync,
        int syncTries,
        String syncCommand,
        int queueMax,
        Duration escapeGuard,
        int silencesMax) {

    /**
     * 20 ms after a result (V.250 advice, u-blox R5), 300 ms of quiet (late answers come in one piece), 10 silences
     * (ModemManager's number), 32 commands (one agent asks; more means that somebody does not wait for answers), 1.1 s
     * around +++ (V.250 S12: 1 s).
     */
    public static final AtTiming MODEM = new AtTiming(
            Duration.ofMillis(20),
            Duration.ofMillis(300),
            Duration.ofSeconds(5),
            Duration.ofSeconds(3),
            3,
            "AT+CGMM",
            32,
            Duration.ofMillis(1100),
            10);

    /** The same for a WLAN module with ESP-AT firmware, which has no AT+CGMM. */
    public static final AtTiming WLAN = MODEM.withSyncCommand("AT+GMR");

    private AtTiming withSyncCommand(String command) {
        return new AtTiming(gap, quiet, drain, sync, syncTries, command, queueMax, escapeGuard, silencesMax);
    }
}
