// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

/** How the agent ends, for whoever started it. */
public enum ExitCode {
    /** What was asked for is done. */
    DONE(0),
    /** Stopped by order, before it was done. */
    STOPPED(1),
    /** The command line or the configuration is wrong. */
    BAD_INPUT(2),
    /** The network refused the device; asking again would not help. */
    REFUSED(3),
    /** Something did not answer, however often it was asked. */
    GAVE_UP(4),
    /** The Trusted Environment or the board cannot be used. */
    FAULT(5);

    private final int status;

    ExitCode(int status) {
        this.status = status;
    }

    /** The exit status of the process. */
    public int status() {
        return status;
    }
}
