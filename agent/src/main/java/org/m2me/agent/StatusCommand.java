// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.m2me.agent.transport.Traffic;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code agent status}. */
@Command(
        name = "status",
        description = {
            "Tells what an agent is doing, or did last.",
            "Exit status: 3 when it was refused, 5 when it is at fault, else 0 when it runs and 1 when it does not."
        })
final class StatusCommand implements Callable<Integer> {
    @Mixin
    private final AgentCommand.ConfigOption config = new AgentCommand.ConfigOption();

    private final Machine machine;

    StatusCommand(Machine machine) {
        this.machine = machine;
    }

    @Override
    public Integer call() throws Exception {
        AgentConfiguration configuration = config.load(machine);
        PrintStream out = machine.out();
        AgentStatus status;
        try {
            status = new StatusFile(configuration.statusFile()).read();
        } catch (NoSuchFileException never) {
            out.println("state          never started");
            return ExitCode.STOPPED.status();
        }
        Life life = life(configuration);
        Traffic traffic = status.traffic();
        out.println("agent          " + life.words());
        out.println("state          " + status.state() + " (" + status.reason() + ")");
        out.println("since          " + status.since().truncatedTo(ChronoUnit.SECONDS) + ", "
                + Duration.between(status.since(), machine.clock().instant()).toSeconds() + " s ago");
        out.println("subscription   " + status.operator().map(o -> "of " + o).orElse("none, pristine"));
        out.println("change         " + status.change().orElse("none"));
        status.fallBack().ifPresent(last -> out.println("fell back      " + last));
        status.pcidExpires().ifPresent(end -> out.println("PCID           ends " + end));
        out.println("application    " + told(status.application(), "telemetry goes to the gateway"));
        out.println("management     " + told(status.management(), "the gateway"));
        out.println("last refusal   "
                + status.lastRefusal().map(code -> code + ": " + code.words()).orElse("none"));
        status.asksAgain().ifPresent(at -> out.println("asks again     " + asksAgain(at)));
        status.caseOpened()
                .ifPresent(at -> out.println("case           was opened, noticed " + at.truncatedTo(ChronoUnit.SECONDS)
                        + ": no validation will pass until that is put right"));
        out.println("boot count     " + status.bootCount());
        out.println("bytes          " + traffic.bytesUp() + " up, " + traffic.bytesDown() + " down, of them "
                + traffic.handshakeBytes() + " in " + traffic.handshakes() + " handshakes, since it started");
        return exitCode(status.state(), life.running()).status();
    }

    private static String told(Optional<NamedServer> named, String nobody) {
        return named.map(server -> server.address()
                        + (server.inUse() ? ", in use" : ", not in use: the gateway is asked")
                        + server.silentSince()
                                .map(since -> ", out of reach since " + since.truncatedTo(ChronoUnit.SECONDS))
                                .orElse(""))
                .orElse("none named: " + nobody);
    }

    private String asksAgain(Instant at) {
        long seconds =
                Math.max(0, Duration.between(machine.clock().instant(), at).toSeconds());
        return at.truncatedTo(ChronoUnit.SECONDS) + ", in " + seconds + " s, or when it is switched on again";
    }

    /** Whether somebody keeps this true. */
    private enum Running {
        YES,
        NO,
        UNKNOWN
    }

    /** The same for people. */
    private record Life(Running running, String words) {}

    private static Life life(AgentConfiguration configuration) throws ConfigurationException {
        try {
            return TrustedEnvironments.named(configuration.tre()).isOpen(configuration.treDirectory())
                    ? new Life(Running.YES, "runs")
                    : new Life(Running.NO, "does not run; what it said last:");
        } catch (IOException unseen) {
            return new Life(Running.UNKNOWN, "may run: that cannot be seen from here (" + reason(unseen) + ")");
        }
    }

    private static String reason(IOException unseen) {
        return unseen instanceof AccessDeniedException
                ? "only its own user and root may look"
                : String.valueOf(unseen.getMessage());
    }

    private static ExitCode exitCode(State state, Running running) {
        return switch (state) {
            case REFUSED -> ExitCode.REFUSED;
            case FAULT -> ExitCode.FAULT;
            default -> running == Running.NO ? ExitCode.STOPPED : ExitCode.DONE;
        };
    }
}
