// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.m2me.lab.console.Terminal;
import org.m2me.protocol.message.Refused;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code m2me chaos}. */
@Command(
        name = "chaos",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Provisions fleets, and has them change operator, while calls and datagrams get lost, come twice, late or in the wrong order,"
                        + " roles die, disks refuse or get full, clocks are set wrong, and devices lose power; says what broke.")
final class ChaosCommand implements Callable<Integer> {
    private static final int DEVICES_MAX = 50; // more would only wait for the processor
    private static final int MINUTES_MAX = 24 * 60;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "decides what goes wrong; even seeds use 3GPP access, odd ones the other (random)")
    private @Nullable Long seed;

    @Option(
            names = "--devices",
            paramLabel = "N",
            defaultValue = "5",
            description = "devices in each round, 1 to 50 (${DEFAULT-VALUE})")
    private int devices;

    @Option(
            names = "--minutes",
            paramLabel = "M",
            defaultValue = "5",
            description = "rounds begin within that time, 0 to 1440; the first one always (${DEFAULT-VALUE})")
    private int minutes;

    @Option(
            names = "--change",
            paramLabel = "WAY",
            defaultValue = "mixed",
            description = "how owners have their devices change operator meanwhile: ${COMPLETION-CANDIDATES}"
                    + " (${DEFAULT-VALUE}: the seed decides)")
    private ChaosChange change = ChaosChange.mixed;

    @Option(names = "--dir", paramLabel = "DIR", description = "write everything there and leave it; must not exist")
    private @Nullable Path directory;

    @Option(names = "--verbose", description = "show what the roles log")
    private boolean verbose;

    @Override
    public Integer call() throws IOException, Refused, InterruptedException {
        Logger.getLogger("").setLevel(verbose ? Level.INFO : Level.OFF);
        if (devices < 1 || devices > DEVICES_MAX) {
            throw new IllegalArgumentException("--devices: " + devices + " is not 1 to " + DEVICES_MAX);
        }
        if (minutes < 0 || minutes > MINUTES_MAX) {
            throw new IllegalArgumentException("--minutes: " + minutes + " is not 0 to " + MINUTES_MAX);
        }
        Terminal terminal = new Terminal(System.out, Boolean.getBoolean("m2me.terminal"));
        Lab.World world = Main.world();
        long first = seed == null ? world.random().nextInt(1_000_000) : seed;
        try (Workplace place = Workplace.at(Optional.ofNullable(directory))) {
            ChaosStory.Settings settings = new ChaosStory.Settings(
                    first, devices, minutes, change, place.directory(), Boolean.getBoolean("m2me.disks"));
            boolean good = new ChaosStory(settings, terminal, world).tell();
            if (!good) {
                place.keep();
                terminal.line("What devices and roles left is in " + place.directory());
            }
            return good ? 0 : Main.BAD_OUTCOME;
        }
    }
}
