// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.m2me.agent.coap.CoapDeviceTransport;
import org.m2me.agent.transport.DeviceTransport;
import org.m2me.hal.Board;
import org.m2me.hal.BoardFile;
import org.m2me.hal.Boards;
import org.m2me.hal.TrustException;
import org.m2me.hal.TrustedEnvironment;
import org.m2me.hal.TrustedEnvironmentProvider;
import org.m2me.protocol.pki.Certificate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code agent run}. */
@Command(name = "run", description = "Runs the agent until it is stopped, or its telemetry is sent.")
final class RunCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);

    @Mixin
    private final AgentCommand.ConfigOption config = new AgentCommand.ConfigOption();

    @Option(names = "--once", description = "Ends after the first telemetry message, or when that cannot be reached.")
    private boolean once;

    @Option(names = "--events", description = "Writes a line of JSON for each change of state and each exchange.")
    private boolean events;

    @Option(
            names = "--board",
            paramLabel = "KEY=VALUE",
            description = "A value for the board that is known only now, such as modem.port=tcp://127.0.0.1:4711.")
    private Map<String, String> given = new LinkedHashMap<>();

    private final Machine machine;

    RunCommand(Machine machine) {
        this.machine = machine;
    }

    @Override
    public Integer call() throws Exception {
        StopOnSignal signal = StopOnSignal.installed(Thread.currentThread());
        try {
            return live();
        } finally {
            signal.ended();
        }
    }

    private int live() throws Exception {
        AgentConfiguration configuration = config.load(machine);
        TrustedEnvironmentProvider provider = TrustedEnvironments.named(configuration.tre());
        try (Board board = board(configuration);
                TrustedEnvironment tre = provider.open(configuration.treDirectory(), machine.random())) {
            return run(configuration, board, tre).status();
        } catch (TrustException closed) {
            tellFault(configuration, String.valueOf(closed.getMessage()));
            throw new IOException("the Trusted Environment stays closed: " + closed.getMessage(), closed);
        }
    }

    private ExitCode run(AgentConfiguration configuration, Board board, TrustedEnvironment tre) {
        DeviceClock clock = new DeviceClock(
                board.clock(machine.clock()),
                board.storage(),
                Certificate.parse(tre.transportCertificate()).notBefore());
        try (DeviceTransport transport = new CoapDeviceTransport(tre, clock, clock::learn)) {
            AgentParts parts = new AgentParts(
                    configuration,
                    board,
                    tre,
                    transport,
                    trusted -> new CoapDeviceTransport(tre, clock, trusted),
                    events ? new Events(clock, machine.out()) : Events.none(clock),
                    clock,
                    machine.nanoTime(),
                    machine.random(),
                    pause -> Thread.sleep(pause.toMillis()));
            return new Agent(parts).run(once);
        }
    }

    private Board board(AgentConfiguration configuration) throws ConfigurationException, IOException {
        try {
            return Boards.open(BoardFile.load(configuration.board()), given, configuration.state(), machine.nanoTime());
        } catch (NoSuchFileException absent) {
            throw new ConfigurationException("board file " + configuration.board() + ": there is no such file");
        } catch (BoardFile.Invalid invalid) {
            throw new ConfigurationException(String.valueOf(invalid.getMessage()));
        }
    }

    private void tellFault(AgentConfiguration configuration, String why) {
        try {
            new StatusFile(configuration.statusFile())
                    .write(AgentStatus.of(State.FAULT, machine.clock().instant(), why));
        } catch (IOException full) {
            LOG.warn("status file: {}", full.toString());
        }
    }
}
