// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.device;

import java.nio.file.Path;
import org.m2me.operators.Supplier.Made;
import org.m2me.protocol.identity.Ueid;

/**
 * A device as it left the production line.
 *
 * @param number from 1
 * @param directory with everything that is on its storage: {@code etc}, {@code lib}, {@code tre}, {@code state}
 * @param made what the supplier put into it, and into its box
 */
public record LabDevice(int number, Path directory, Made made) {
    public Ueid ueid() {
        return made.device();
    }

    /** The agent's configuration, one of the measured files. */
    public Path configuration() {
        return directory.resolve("etc").resolve("agent.properties");
    }

    /** Where its Trusted Environment keeps what it has. */
    public Path store() {
        return directory.resolve("tre");
    }

    /** The file that the agent keeps for {@code agent status}. */
    public Path status() {
        return directory.resolve("state").resolve("status.properties");
    }

    /** What the agent wrote to its standard error. */
    public Path log() {
        return directory.resolve("state").resolve("agent.log");
    }

    @Override
    public String toString() {
        return name(number);
    }

    /** What the lab calls a device. */
    static String name(int number) {
        return "device " + number;
    }
}
