// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.io.PrintStream;
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
            "Exit status as that of the agent would be: 3 when it was refused."
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
        Traffic traffic = status.traffic();
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
        return exitCode(status);
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

    private static int exitCode(AgentStatus status) {
        return switch (status.state()) {
            case REFUSED -> ExitCode.REFUSED.status();
            case FAULT -> ExitCode.FAULT.status();
            default -> ExitCode.DONE.status();
        };
    }
}
