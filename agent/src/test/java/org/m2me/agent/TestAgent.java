// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.m2me.agent.coap.CoapDeviceTransport;
import org.m2me.agent.transport.DeviceTransport;
import org.m2me.hal.TrustException;
import org.m2me.hal.TrustedEnvironment;

/** The device of a {@link TestWorld}, whose agent can be started again and again. */
final class TestAgent {
    final TestBoard board = new TestBoard();
    final List<Duration> pauses = new ArrayList<>();
    final Path home;
    String access = "3gpp";
    int telemetryCount = 3;
    /** Stands between agent and gateway. */
    UnaryOperator<DeviceTransport> between = UnaryOperator.identity();
    /** Stands between agent and the servers that its owner has named. */
    UnaryOperator<DeviceTransport> toNamed = UnaryOperator.identity();
    /** Stands between agent and Trusted Environment. */
    UnaryOperator<TrustedEnvironment> within = UnaryOperator.identity();
    /** For what lasts. */
    LongSupplier nanoTime = System::nanoTime;
    /** Called instead of waiting. */
    Waiting waiting = pauses::add;

    private final TestWorld world;
    private final InetSocketAddress gateway;
    private final ByteArrayOutputStream events = new ByteArrayOutputStream();

    TestAgent(TestWorld world, Path home, InetSocketAddress gateway) throws IOException {
        this.world = world;
        this.home = home;
        this.gateway = gateway;
        Files.writeString(home.resolve("program"), "the agent's own file");
    }

    AgentConfiguration configuration() throws ConfigurationException, IOException {
        Path file = home.resolve("agent.properties");
        Files.writeString(
                file, """
                board = board.properties
                tre = soft
                tre.directory = tre
                gateway = coaps://%s:%d
                access = %s
                wlan.network = plant
                firmware.version = 1.0.0
                telemetry.interval = 60
                telemetry.count = %d
                state = state
                component.agent = program
                component.config = agent.properties
                """.formatted(gateway.getAddress().getHostAddress(), gateway.getPort(), access, telemetryCount));
        return AgentConfiguration.load(file, Map.of());
    }

    /** One life of the agent. */
    ExitCode run(boolean once) throws Exception {
        AgentConfiguration configuration = configuration();
        try (TrustedEnvironment tre = within.apply(world.start());
                DeviceTransport transport = between.apply(new CoapDeviceTransport(tre, world.clock, begun -> {}))) {
            return new Agent(new AgentParts(
                            configuration,
                            board,
                            tre,
                            transport,
                            trusted -> toNamed.apply(new CoapDeviceTransport(tre, world.clock, trusted)),
                            new Events(world.clock, new PrintStream(events, true, StandardCharsets.UTF_8)),
                            world.clock,
                            nanoTime,
                            new Random(1),
                            duration -> waiting.pause(duration)))
                    .run(once);
        }
    }

    /** What the Trusted Environment says now. */
    <T> T ask(java.util.function.Function<TrustedEnvironment, T> question) throws IOException, TrustException {
        try (TrustedEnvironment tre = world.start()) {
            return question.apply(tre);
        }
    }

    AgentStatus status() throws Exception {
        return new StatusFile(configuration().statusFile()).read();
    }

    List<String> events() {
        return events.toString(StandardCharsets.UTF_8).lines().toList();
    }

    /** The states that were entered, in order. */
    List<State> states() {
        return events().stream()
                .filter(line -> line.contains("\"event\":\"state\""))
                .map(line -> State.valueOf(line.replaceAll(".*\"to\":\"(\\w+)\".*", "$1")))
                .toList();
    }
}
