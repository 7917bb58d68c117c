// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.agent.transport.Traffic;
import org.m2me.protocol.message.ResultCode;
import org.m2me.tre.store.DirectoryLock;
import picocli.CommandLine;

class AgentCommandTest {
    @TempDir
    private Path home;

    private final TestClock clock = new TestClock();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final StringWriter errors = new StringWriter();
    private Path config;

    @BeforeEach
    void write() throws Exception {
        config = home.resolve("agent.properties");
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
        Files.writeString(
                home.resolve("board.properties"), "model = test\nlights = none\nwatchdog = none\ntamper = none\n");
    }

    private int agent(String... arguments) {
        CommandLine line = AgentCommand.line(new Machine(
                clock, new SecureRandom(), () -> 0, Map.of(), new PrintStream(out, true, StandardCharsets.UTF_8)));
        line.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(errors, true));
        return line.execute(arguments);
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void explainsItself() {
        assertThat(agent("--help")).isZero();
        assertThat(printed()).contains("run", "status", "measure", "Exit status");
        assertThat(agent("run", "--help")).isZero();
        assertThat(printed()).contains("--once", "--events", "--board");
    }

    @Test
    void wantsACommand() {
        assertThat(agent()).isEqualTo(2);
        assertThat(errors.toString()).contains("wants a command").contains("Usage: agent");
        assertThat(agent("fly")).isEqualTo(2);
        assertThat(agent("run")).isEqualTo(2);
        assertThat(errors.toString()).contains("--config");
    }

    @Test
    void namesAConfigurationThatIsNotThere() {
        assertThat(agent("run", "--config", home.resolve("none").toString())).isEqualTo(2);
        assertThat(errors.toString()).contains("none: there is no such file").doesNotContain("\tat ");
    }

    @Test
    void namesAKeyThatIsWrong() throws Exception {
        Files.writeString(config, Files.readString(config).replace("3gpp", "5g"));

        assertThat(agent("status", "--config", config.toString())).isEqualTo(2);
        assertThat(errors.toString()).contains("access: wants 3gpp or n3g, has \"5g\"");
    }

    @Test
    void namesABoardThatIsWrongAndATrustedEnvironmentThatIsNotThere() throws Exception {
        assertThat(agent("run", "--config", config.toString(), "--board", "modem.speed=9"))
                .isEqualTo(2);
        assertThat(errors.toString()).contains("modem.speed");
        Files.delete(home.resolve("board.properties"));
        assertThat(agent("run", "--config", config.toString())).isEqualTo(2);
        assertThat(errors.toString()).contains("board.properties: there is no such file");

        Files.writeString(config, Files.readString(config).replace("tre = soft", "tre = hard"));
        assertThat(agent("run", "--config", config.toString())).isEqualTo(2);
        assertThat(errors.toString()).contains("tre: there is no \"hard\" here; known: soft");
    }

    @Test
    void saysThatTheTrustedEnvironmentStaysClosed() throws Exception {
        Files.createDirectory(home.resolve("tre"));

        assertThat(agent("run", "--config", config.toString(), "--once")).isEqualTo(5);

        assertThat(errors.toString()).contains("the Trusted Environment");
    }

    @Test
    void tellsTheStatusAndExitsAsTheAgentDid() throws Exception {
        assertThat(agent("status", "--config", config.toString())).isEqualTo(1);
        assertThat(printed()).contains("never started");

        new StatusFile(home.resolve("state/agent.status"))
                .write(new AgentStatus(
                        State.REFUSED,
                        clock.instant(),
                        "COMPONENT_MISMATCH: the network refuses \\ the evidence",
                        Optional.of("262-01"),
                        Optional.of(ResultCode.COMPONENT_MISMATCH),
                        Optional.of(clock.instant().plusSeconds(3690)),
                        Optional.of("CHANGE to 208-15, STAGED"),
                        Optional.of("from 208-15 to the PCID at 2026-11-22T11:00:00Z"),
                        Optional.of(clock.instant().plusSeconds(86_400)),
                        Optional.of(new NamedServer("coaps://192.0.2.9:5684", true, Optional.of(clock.instant()))),
                        Optional.of(new NamedServer("coaps://192.0.2.8:5684", false, Optional.empty())),
                        Optional.of(clock.instant().minusSeconds(60)),
                        7,
                        new Traffic(1, 1881, 9, 1700, 8, 2300)));
        clock.forward(Duration.ofSeconds(90));

        assertThat(agent("status", "--config", config.toString())).isEqualTo(3);
        assertThat(printed())
                .contains("REFUSED (COMPONENT_MISMATCH: the network refuses \\ the evidence)")
                .contains("90 s ago")
                .contains("of 262-01")
                .contains("COMPONENT_MISMATCH: a measured component differs from what its supplier published")
                .contains("change         CHANGE to 208-15, STAGED")
                .contains("fell back      from 208-15 to the PCID at 2026-11-22T11:00:00Z")
                .contains("PCID           ends 2026-11-23T12:00:00Z")
                .contains("application    coaps://192.0.2.9:5684, in use, out of reach since 2026-11-22T12:00:00Z")
                .contains("management     coaps://192.0.2.8:5684, not in use: the gateway is asked")
                .contains("asks again     2026-11-22T13:01:30Z, in 3600 s, or when it is switched on again")
                .contains("case           was opened, noticed 2026-11-22T11:59:00Z: no validation will pass")
                .contains("boot count     7")
                .contains("1700 up, 2300 down, of them 1881 in 1 handshakes");
    }

    @Test
    void saysWhetherTheAgentWhoseStatusThisIsStillRuns() throws Exception {
        new StatusFile(home.resolve("state/agent.status"))
                .write(AgentStatus.of(State.OPERATIONAL, clock.instant(), "telemetry every 60 s"));
        Path tre = Files.createDirectory(home.resolve("tre"));
        try (DirectoryLock held = DirectoryLock.take(tre)) {
            assertThat(held).isNotNull();
            assertThat(agent("status", "--config", config.toString())).isZero();
        }
        assertThat(printed()).contains("agent          runs\n").contains("OPERATIONAL");

        assertThat(agent("status", "--config", config.toString())).isEqualTo(1);
        assertThat(printed()).contains("agent          does not run; what it said last:\nstate          OPERATIONAL");
    }

    @Test
    void saysWhyItCannotSeeWhetherTheAgentRunsAndTellsTheRest() throws Exception {
        new StatusFile(home.resolve("state/agent.status"))
                .write(AgentStatus.of(State.OPERATIONAL, clock.instant(), "at work"));
        Files.createSymbolicLink(home.resolve("tre"), home.resolve("tre")); // leads nowhere

        assertThat(agent("status", "--config", config.toString())).isZero();
        assertThat(printed())
                .contains("agent          may run: that cannot be seen from here (" + home.resolve("tre/lock") + ": ")
                .contains("state          OPERATIONAL (at work)");
    }

    @Test
    void refusesAStatusFileThatIsNone() throws Exception {
        Files.createDirectory(home.resolve("state"));
        Files.writeString(home.resolve("state/agent.status"), "state = DANCING\n");

        assertThat(agent("status", "--config", config.toString())).isEqualTo(5);
        assertThat(errors.toString()).contains("is no status of an agent");

        Files.writeString(home.resolve("state/agent.status"), "state = \\uDANC\n");

        assertThat(agent("status", "--config", config.toString())).isEqualTo(5);
        assertThat(errors.toString()).contains("is no status of an agent: Malformed");
    }

    @Test
    void namesWhatCannotBeMeasured() throws Exception {
        Files.writeString(config, "component.agent = /dev/zero\n", StandardOpenOption.APPEND);

        assertThat(agent("measure", "--config", config.toString())).isEqualTo(2);

        assertThat(errors.toString()).contains("/dev/zero is a pipe, a device or a socket");
    }

    @Test
    void printsWhatASupplierPublishes() throws Exception {
        assertThat(agent("measure", "--config", config.toString(), "--files")).isZero();

        String digest = AgentConfiguration.load(config, Map.of())
                .components()
                .get(0)
                .measure()
                .digest()
                .hex();
        assertThat(printed().lines().toList().get(0))
                .isEqualTo("config\t1.0.0\t" + digest + "\t1\t" + Files.size(config));
        assertThat(printed()).contains("agent.properties");
    }
}
