// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told of an agent that cannot be seen. */
class StatusCommandTest {
    @TempDir
    private Path home;

    @Test
    void saysWhyItCannotSeeWhetherTheAgentRunsAndTellsTheRest() throws Exception {
        Path config = home.resolve("agent.properties");
        Files.writeString(config, """
                board = board.properties
                tre = soft
                tre.directory = tre
                gateway = coaps://127.0.0.1:5684
                access = 3gpp
                firmware.version = 1.0.0
                telemetry.interval = 60
                telemetry.count = 1
                state = state
                component.config = agent.properties
                """);
        TestClock clock = new TestClock();
        new StatusFile(home.resolve("state/agent.status"))
                .write(AgentStatus.of(State.OPERATIONAL, clock.instant(), "at work"));
        Files.createSymbolicLink(home.resolve("tre"), home.resolve("tre")); // leads nowhere
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        int status = AgentCommand.line(new Machine(
                        clock,
                        new SecureRandom(),
                        () -> 0,
                        Map.of(),
                        new PrintStream(out, true, StandardCharsets.UTF_8)))
                .execute("status", "--config", config.toString());

        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("agent          may run: that cannot be seen from here (" + home.resolve("tre/lock") + ": ")
                .contains("state          OPERATIONAL (at work)");
        assertThat(status).isZero();
    }
}
