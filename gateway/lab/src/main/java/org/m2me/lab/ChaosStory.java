// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.m2me.lab.console.ProgressBar;
import org.m2me.lab.console.Terminal;
import org.m2me.lab.console.Terminal.Style;
import org.m2me.lab.fault.Chaos;
import org.m2me.protocol.message.Refused;

/** Rounds of provisioning and changing operator in storms, over both accesses in turn; after each it is told what broke. */
final class ChaosStory {
    private final Settings settings;
    private final Terminal terminal;
    private final Lab.World world;
    private Chaos.Tally harm = Chaos.Tally.NONE;
    private int arrived;
    private int rounds;
    private int broken;

    /**
     * What was asked for.
     *
     * @param seed of the first round; each next round has the next seed
     * @param devices in each round
     * @param minutes no round begins later; the first one always takes place
     * @param change what owners order in the storm
     * @param directory where each round gets a folder of its own
     * @param disks whether disks can be filled
     */
    record Settings(long seed, int devices, int minutes, ChaosChange change, Path directory, boolean disks) {}

    ChaosStory(Settings settings, Terminal terminal, Lab.World world) {
        this.settings = settings;
        this.terminal = terminal;
        this.world = world;
    }

    /** @return whether everything held in every round */
    boolean tell() throws IOException, Refused, InterruptedException {
        Clock clock = world.clock();
        if (!settings.disks()) {
            terminal.line(
                    "No disk gets full in these storms: that takes util-linux, and a system on which users may make"
                            + " namespaces (kernel.unprivileged_userns_clone=1).");
        }
        Instant end = clock.instant().plus(Duration.ofMinutes(settings.minutes()));
        do {
            round(settings.seed() + rounds);
        } while (clock.instant().isBefore(end));
        String verdict = broken == 0
                ? "VERDICT: good. Everything that must never break held in " + rounds + " rounds. Harmed: " + harm + "."
                : "VERDICT: bad. " + broken + " things broke in " + rounds + " rounds. Harmed: " + harm + ".";
        terminal.line(terminal.styled(broken == 0 ? Style.GOOD : Style.BAD, verdict));
        return broken == 0;
    }

    private void round(long seed) throws IOException, Refused, InterruptedException {
        boolean cellular = seed % 2 == 0;
        terminal.line(
                "round " + (rounds + 1) + ", seed " + seed + ", access " + (cellular ? "3GPP" : "non-3GPP") + ":");
        ChaosRound round = new ChaosRound(
                new ChaosRound.Settings(seed, settings.devices(), cellular, settings.change(), settings.disks()),
                world);
        ProgressBar bar = new ProgressBar(terminal, settings.devices(), "arrived");
        List<String> found = round.run(settings.directory().resolve("seed-" + seed), bar);
        rounds++;
        broken += found.size();
        harm = harm.plus(round.harm());
        arrived += round.arrived();
        terminal.line(String.format(
                Locale.ROOT,
                "  %s; so far %d devices are where they belong, harmed: %s",
                found.isEmpty() ? terminal.styled(Style.GOOD, "all holds") : terminal.styled(Style.BAD, "BROKEN"),
                arrived,
                harm));
        round.failed().forEach(what -> terminal.line("  failed in the storm, and was ordered again: " + what));
        found.forEach(what -> terminal.line("  " + what));
        if (!found.isEmpty()) {
            terminal.line("  the same again: m2me chaos --seed " + seed + " --devices " + settings.devices()
                    + " --minutes 0 --change " + settings.change());
        }
    }
}
