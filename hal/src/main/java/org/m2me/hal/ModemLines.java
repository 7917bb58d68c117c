// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal;

import java.io.IOException;
import java.util.Optional;

/** The lines by which a board resets a modem and switches it. Pulse lengths are the implementation's, per module. */
public interface ModemLines {
    /** Pulls the reset line as long as the module wants, and lets it go. */
    void pullReset() throws IOException;

    /** Presses the power key, which is a toggle: on if it was off, off if it was on. */
    void pressPowerKey() throws IOException;

    /** What the status line says; empty where a board does not have it. */
    Optional<Boolean> isOn() throws IOException;
}
