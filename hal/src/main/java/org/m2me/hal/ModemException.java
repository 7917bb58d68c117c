// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal;

import java.io.IOException;
import java.util.OptionalInt;

/** The modem or the network said no, or said nothing. */
public class ModemException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int cause;

    /** The modem's fault, or silence. */
    public ModemException(String message) {
        super(message);
        this.cause = -1;
    }

    public ModemException(String message, Throwable why) {
        super(message, why);
        this.cause = -1;
    }

    /** The network refused, with a cause of TS 24.008 10.5.5.14 or 10.5.6.6. */
    public ModemException(String message, int networkCause) {
        super(message + " (network cause " + networkCause + ")");
        this.cause = networkCause;
    }

    /** The network's cause, if it was the network that refused. */
    public OptionalInt networkCause() {
        return cause < 0 ? OptionalInt.empty() : OptionalInt.of(cause);
    }
}
