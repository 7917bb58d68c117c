// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Many devices at once, through the same code as the command. */
@Isolated("wants the whole machine")
class FleetIT {
    private static final int FLEET = 100;

    @TempDir
    Path directory;

    @Test
    void provisionsSoundDevicesBesideATamperedOneAndTellsThemApart() throws Exception {
        assertThat(LabHarness.told(Options.with().devices(3).tamper(true).make(), directory))
                .containsPattern("refused at step 9: component 'config' differs from acme/")
                .containsPattern(
                        "per device: \\d{4} bytes \\(\\d+ up, \\d+ down; goal under 5000\\) in \\d+ datagrams, \\d+ CoAP")
                .contains("IP and UDP headers", "DTLS handshake", "DTLS records around messages", "CoAP messages")
                .containsPattern("Wall time [\\d.]+ s, peak memory [1-9]\\d+ MiB in all")
                .contains("VERDICT: good. 2 of 2 devices have their subscription, 1 was tampered with and refused.");
    }

    @Test
    @Tag("long")
    void provisionsAHundredDevicesThatAreSwitchedOnAtTheSameInstant() throws Exception {
        assertThat(LabHarness.told(Options.with().devices(FLEET).make(), directory))
                .contains("at most 100 under way at once")
                .contains("VERDICT: good. 100 of 100 devices have their subscription.");
    }
}
