// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.m2me.operators.command.Arguments;
import org.m2me.operators.command.Unusable;

/** Moves the same fleet with the IVF and without, several times, and compares. */
final class MassChange {
    private static final int DEVICES_MAX = 10_000; // as many connections as the gateway keeps
    private static final int PERCENT = 100;
    private static final int TIMES_MAX = 100; // three hours

    private MassChange() {}

    private static final String DIRECTORY = "--directory";
    private static final String SVG = "--svg";
    private static final String DEVICES = "--devices";
    private static final String UPDATED = "--updated";
    private static final String TIMES = "--times";
    private static final String USAGE = """
            Moves a fleet to an operator that does not ask the IVF, and back to one that does: prints what that took, and draws it.

            mass-change [--devices N] [--updated PERCENT] [--times N] [--svg FILE]

              --devices N         1 to 10,000 (1000)
              --updated PERCENT   of them that have new firmware since they were validated, 0 to 100 (5)
              --times N           that each way is measured, 1 to 100 (8)
              --svg FILE          the picture (gateway/bench/mass-change.svg)
            """;

    /** See {@link #USAGE}; and {@code --directory DIR}, an empty one. Exit status 2: nothing could be done with that. */
    public static void main(String... words) throws Exception {
        if (Arguments.askForHelp(words)) {
            System.out.print(USAGE);
            return;
        }
        try {
            run(Arguments.parse(Set.of(DIRECTORY, SVG, DEVICES, UPDATED, TIMES), Set.of(), words));
        } catch (Unusable wrong) {
            System.err.println("mass-change: " + wrong.getMessage());
            System.exit(2);
        }
    }

    private static void run(Arguments arguments) throws Exception {
        Logger.getLogger("").setLevel(Level.WARNING);
        if (!arguments.rest().isEmpty()) {
            throw new Unusable(arguments.rest().get(0) + ": wants an option; see --help");
        }
        int devices = number(arguments, DEVICES, 1, DEVICES_MAX, "1000");
        int updated = number(arguments, UPDATED, 0, PERCENT, "5");
        int times = number(arguments, TIMES, 1, TIMES_MAX, "8");
        Path directory = arguments.path(DIRECTORY);
        Path svg = arguments.path(SVG);
        Clock clock = Clock.systemUTC();
        Progress progress = new Progress(System.out, Boolean.getBoolean("m2me.terminal"), clock);
        Comparison comparison = new Moves(directory, clock, new SecureRandom(), progress).run(devices, updated, times);
        System.out.print(comparison.table());
        Files.writeString(svg, Drawing.of(comparison));
        System.out.println("drawn in " + svg.toAbsolutePath());
    }

    private static int number(Arguments arguments, String option, int least, int most, String usual) throws Unusable {
        String text = arguments.find(option).orElse(usual);
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException wrong) {
            throw new Unusable(option + " " + text + ": is no number");
        }
        throw new Unusable(option + " " + text + ": is not " + least + " to " + most);
    }
}
