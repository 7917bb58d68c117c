// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.m2me.agent.measure.IrregularFileException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command line. */
@Command(
        name = "agent",
        description = "The program on an M2M device: gets it on the air, provisioned, and to work.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Exit status: 0 done, 1 stopped, 2 bad input, 3 refused by the network,",
            "4 nobody answered, 5 the Trusted Environment or the board is at fault."
        })
public final class AgentCommand implements Runnable {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Shows this text.")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    @Spec
    private @Nullable CommandSpec spec;

    private AgentCommand() {}

    /** Starts the program. */
    public static void main(String[] arguments) throws URISyntaxException {
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        Machine machine = new Machine(Clock.systemUTC(), new SecureRandom(), System::nanoTime, directories(), out);
        int status = line(machine).execute(arguments);
        out.flush();
        System.exit(status);
    }

    /** The parts of the command line, for a machine. */
    static CommandLine line(Machine machine) {
        return new CommandLine(new AgentCommand())
                .addSubcommand(new RunCommand(machine))
                .addSubcommand(new StatusCommand(machine))
                .addSubcommand(new MeasureCommand(machine))
                .setExecutionExceptionHandler((failure, line, parsed) -> {
                    line.getErr().println("agent: " + failure.getMessage());
                    return failure instanceof ConfigurationException || failure instanceof IrregularFileException
                            ? ExitCode.BAD_INPUT.status()
                            : ExitCode.FAULT.status();
                });
    }

    /** Where Java is, and where this program is: what the components of a configuration usually name. */
    private static Map<String, Path> directories() throws URISyntaxException {
        Path self = Path.of(AgentCommand.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Path lib = Files.isDirectory(self)
                ? self
                : Optional.ofNullable(self.getParent()).orElse(self);
        return Map.of("java.home", Path.of(System.getProperty("java.home")), "agent.lib", lib);
    }

    /** Without a command there is nothing to do. */
    @Override
    public void run() {
        CommandLine line = spec == null ? new CommandLine(this) : spec.commandLine();
        throw new CommandLine.ParameterException(line, "wants a command: run, status or measure");
    }

    /** What every command knows. */
    static final class ConfigOption {
        @Option(
                names = "--config",
                required = true,
                paramLabel = "FILE",
                description = "The agent's configuration; see the README of agent for its keys.")
        private Path file = Path.of("agent.properties");

        @Option(
                names = {"-h", "--help"},
                usageHelp = true,
                description = "Shows this text.")
        @SuppressWarnings("UnusedVariable") // picocli reads it
        private boolean help;

        AgentConfiguration load(Machine machine) throws ConfigurationException {
            return AgentConfiguration.load(file, machine.directories());
        }
    }
}
