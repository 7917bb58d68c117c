// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.io.IOException;
import org.m2me.agent.measure.Component;
import org.m2me.agent.measure.Measurement;

/** Reads all components and tells the Trusted Environment what was found. */
final class Measuring {
    private final AgentParts parts;

    Measuring(AgentParts parts) {
        this.parts = parts;
    }

    void measure() throws IOException {
        for (Component component : parts.configuration().components()) {
            Measurement found = component.measure();
            parts.tre()
                    .measure(found.component(), found.version(), found.digest().bytes());
            parts.events()
                    .say(
                            "measured",
                            "component",
                            found.component(),
                            "version",
                            found.version(),
                            "files",
                            found.files().size(),
                            "bytes",
                            found.size(),
                            "sha256",
                            found.digest().hex());
        }
    }
}
