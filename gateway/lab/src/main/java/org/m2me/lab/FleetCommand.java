// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.m2me.lab.console.Comparison;
import org.m2me.lab.console.Terminal;
import org.m2me.protocol.message.Refused;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code m2me fleet}. */
@Command(
        name = "fleet",
        mixinStandardHelpOptions = true,
        subcommands = FleetCommand.Change.class,
        description = "What is done with many devices at once.")
final class FleetCommand {
    /** The command {@code m2me fleet change}. */
    @Command(
            name = "change",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description =
                    "Moves a fleet to another operator as a campaign of that operator, and compares what it took with the"
                            + " same without the IVF.")
    static final class Change implements Callable<Integer> {
        private static final int PERCENT = 100;

        @Option(
                names = "--from",
                paramLabel = "A",
                defaultValue = "262-01",
                description = "operator before: ${DEFAULT-VALUE}")
        private String from = "";

        @Option(
                names = "--to",
                paramLabel = "B",
                defaultValue = "262-02",
                description = "operator then: ${DEFAULT-VALUE}")
        private String to = "";

        @Option(
                names = "--devices",
                paramLabel = "N",
                defaultValue = "10",
                description = "devices of the fleet, 1 to 500 (${DEFAULT-VALUE})")
        private int devices;

        @Option(
                names = "--updated",
                paramLabel = "P",
                defaultValue = "5",
                description =
                        "percent of them that got new firmware since they were validated, 0 to 100 (${DEFAULT-VALUE})")
        private int updated;

        @Option(names = "--ivf-only", description = "does not compare")
        private boolean ivfOnly;

        @Option(
                names = "--dir",
                paramLabel = "DIR",
                description = "write everything there and leave it; must not exist")
        private @Nullable Path directory;

        @Option(names = "--verbose", description = "show what the roles log")
        private boolean verbose;

        @Override
        public Integer call() throws IOException, Refused, InterruptedException {
            Logger.getLogger("").setLevel(verbose ? Level.INFO : Level.OFF);
            check("--from", from, Lab.OPERATOR.toString());
            check("--to", to, Lab.OTHER_OPERATOR.toString());
            if (updated < 0 || updated > PERCENT) {
                throw new IllegalArgumentException("--updated: " + updated + " is not 0 to " + PERCENT);
            }
            Terminal terminal = new Terminal(System.out, Boolean.getBoolean("m2me.terminal"));
            int changed = (devices * updated + PERCENT - 1) / PERCENT;
            List<MassChange.Result> results = new ArrayList<>();
            try (Workplace place = Workplace.at(Optional.ofNullable(directory))) {
                for (boolean ivf : ivfOnly ? new boolean[] {true} : new boolean[] {true, false}) {
                    Options options = Options.with()
                            .devices(devices)
                            .change(Optional.of(ChangeWay.old))
                            .ivf(ivf)
                            .make();
                    Path own = place.directory().resolve(ivf ? "with-ivf" : "without-ivf");
                    try (Lab lab = new Lab(options, Main.world(), own)) {
                        results.add(new MassChange(
                                        lab, options, terminal, Main.world().clock())
                                .run(changed));
                    }
                }
            }
            return end(terminal, results);
        }

        /** Shows what was measured. @return the exit status */
        static int end(Terminal terminal, List<MassChange.Result> results) {
            new Comparison(terminal)
                    .show(results.stream().map(MassChange.Result::column).toList());
            return results.stream().allMatch(MassChange.Result::good) ? 0 : Main.BAD_OUTCOME;
        }

        private static void check(String option, String given, String only) {
            if (!given.equals(only)) {
                throw new IllegalArgumentException(
                        option + ": there is no operator " + given + " for that in this lab; it is " + only);
            }
        }
    }
}
