// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import java.io.IOException;
import org.m2me.lab.console.Terminal;
import org.m2me.lab.device.DeviceRun;

/** Starts one device's agent again within an act, as a board's service manager does, and says so. */
final class Restarts {
    private static final int MAX = 5; // an agent that has ended so often would end again

    /** What the system adds to the number of the signal that ended a process. */
    private static final int SIGNAL = 128;

    private final Lab lab;
    private final DeviceRun run;
    private final Terminal terminal;
    private int count;

    Restarts(Lab lab, DeviceRun run, Terminal terminal) {
        this.lab = lab;
        this.run = run;
        this.terminal = terminal;
    }

    /** Of an agent that has ended, for whatever reason. @return whether one runs */
    boolean keepOn() throws IOException {
        if (run.status() < 0) {
            return true;
        }
        if (count == MAX) {
            return false;
        }
        count++;
        int status = run.status();
        lab.switchOn(run);
        terminal.line(run.device() + ": its agent ended with status " + status + ", and is started again.");
        return true;
    }

    /** Of an agent that was killed; one that has ended by itself has its reason. @return whether it was started again */
    boolean afterKill() throws IOException {
        return run.status() > SIGNAL && keepOn();
    }
}
