// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

import org.m2me.hal.ModemException;

/** A command got no answer. What the modem refused is an answer, not this. */
public final class AtException extends ModemException {
    private static final long serialVersionUID = 1L;

    /** Why there was no answer. */
    public enum Fault {
        /** The command's limit is over. */
        TIMED_OUT,
        /** A command runs longer than its sender waits; until it ends no other is sent. */
        STILL_RUNNING,
        /** The modem could not be brought in step again; the command was not sent. */
        OUT_OF_STEP,
        /** The port is gone; this engine will not send again. */
        PORT_LOST,
        /** Too many commands are waiting; this one was not taken. */
        QUEUE_FULL
    }

    private final Fault fault;

    AtException(Fault fault, String message) {
        super(message);
        this.fault = fault;
    }

    AtException(Fault fault, String message, Throwable cause) {
        super(message, cause);
        this.fault = fault;
    }

    public Fault fault() {
        return fault;
    }
}
