// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.m2me.lab.console.Terminal;
import org.m2me.lab.network.Together;
import org.m2me.operators.Supplier.PcidWay;
import org.m2me.protocol.message.Refused;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code m2me}. */
@Command(
        name = "m2me",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        subcommands = {ChaosCommand.class, FleetCommand.class},
        description =
                "Provisions machines with their operator's subscription, all on this computer: TR 33.812 5.1.3.7.1.",
        exitCodeListHeading = "Exit status:%n",
        exitCodeList = {
            "0:every device ended as it should",
            "1:at least one did not",
            "2:the command line is wrong",
            "3:the lab could not be started"
        })
public final class Main implements Callable<Integer> {
    static final int BAD_OUTCOME = 1;
    private static final int BAD_INPUT = 2;
    private static final int NO_LAB = 3;

    /** Where a PCID comes from, in the words of the command line. */
    enum Way {
        ccif(PcidWay.ISSUED_BY_CCIF),
        supplier(PcidWay.SENT_TO_CCIF),
        subscriber(PcidWay.SENT_BY_SUBSCRIBER);

        private final PcidWay way;

        Way(PcidWay way) {
            this.way = way;
        }
    }

    /** The way in. */
    enum Access {
        cellular,
        n3g
    }

    /** Who makes the MCIM. */
    enum Maker {
        sho,
        dpf
    }

    @Option(
            names = "--devices",
            paramLabel = "N",
            defaultValue = "1",
            description = "devices side by side, 1 to 500 (${DEFAULT-VALUE})")
    private int devices;

    @Option(
            names = "--tamper",
            description = "change one measured file of the last device: it must be refused at step 9")
    private boolean tamper;

    @Option(
            names = "--access",
            defaultValue = "cellular",
            description = "way in: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE})")
    private Access access = Access.cellular;

    @Option(
            names = "--pcid",
            defaultValue = "ccif",
            description = "who makes or carries PCIDs: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE})")
    private Way pcid = Way.ccif;

    @Option(
            names = "--pcid-days",
            paramLabel = "N",
            defaultValue = "365",
            description = "lifetime of a PCID (${DEFAULT-VALUE}); with less than 30 each device has it renewed at once")
    private int pcidDays;

    @Option(
            names = "--mcim",
            defaultValue = "sho",
            description = "who makes MCIMs: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE})")
    private Maker mcim = Maker.sho;

    @Option(names = "--gsup", description = "networks ask for vectors over GSUP, as core networks do, instead of HTTP")
    private boolean gsup;

    @Option(
            names = "--change",
            paramLabel = "WAY",
            description =
                    "a second act: the subscriber changes to another operator, over the connectivity of the old one,"
                            + " by way of the pristine state, or with both subscriptions on board: ${COMPLETION-CANDIDATES}")
    private @Nullable ChangeWay change;

    @Option(
            names = "--together",
            paramLabel = "ROLES",
            defaultValue = "apart",
            description = "which roles are one system and call one another without a network between:"
                    + " ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE})")
    private Together together = Together.apart;

    @Option(
            names = "--no-activation",
            description = "the subscriber enters no application server: telemetry goes to the gateway")
    private boolean withoutActivation;

    @Option(names = "--keep", description = "leave everything running, and say how to talk to it")
    private boolean keep;

    @Option(names = "--dir", paramLabel = "DIR", description = "write everything there and leave it; must not exist")
    private @Nullable Path directory;

    @Option(names = "--verbose", description = "show what the roles log")
    private boolean verbose;

    /** Runs the command. */
    public static void main(String[] arguments) {
        System.exit(command().execute(arguments));
    }

    static CommandLine command() {
        return new CommandLine(new Main()).setExecutionExceptionHandler((failure, line, parsed) -> {
            line.getErr()
                    .println("m2me: " + (failure instanceof InterruptedException ? "stopped" : failure.getMessage()));
            return failure instanceof IllegalArgumentException ? BAD_INPUT : NO_LAB;
        });
    }

    @Override
    public Integer call() throws IOException, Refused, InterruptedException {
        Logger.getLogger("").setLevel(verbose ? Level.INFO : Level.OFF);
        Options options = Options.with()
                .devices(devices)
                .tamper(tamper)
                .cellular(access == Access.cellular)
                .keep(keep)
                .way(pcid.way)
                .pcidDays(pcidDays)
                .mcimByDpf(mcim == Maker.dpf)
                .gsup(gsup)
                .change(Optional.ofNullable(change))
                .together(together)
                .activation(!withoutActivation)
                .directory(Optional.ofNullable(directory))
                .make();
        Terminal terminal = new Terminal(System.out, Boolean.getBoolean("m2me.terminal"));
        Lab.World world = world();
        try (Workplace place = Workplace.at(options.directory());
                Lab lab = new Lab(options, world, place.directory())) {
            boolean good = new Story(options, terminal, world.clock()::instant).tell(lab);
            return good ? 0 : BAD_OUTCOME;
        }
    }

    /** The real world: this machine's clock, randomness and runtime. */
    static Lab.World world() {
        return new Lab.World(
                Path.of(System.getProperty("m2me.agent", "agent/target/dist")).toAbsolutePath(),
                Path.of(System.getProperty("m2me.boards", "board-configs"))
                        .resolve("laptop-emulated.properties")
                        .toAbsolutePath(),
                Path.of(System.getProperty("java.home")),
                Clock.systemUTC(),
                System::nanoTime,
                new SecureRandom());
    }
}
