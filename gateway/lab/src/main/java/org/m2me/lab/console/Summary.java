// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.console;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.m2me.lab.Outcome;
import org.m2me.lab.console.Terminal.Style;
import org.m2me.lab.device.DeviceRun;
import org.m2me.lab.trace.AirMeter;
import org.m2me.lab.trace.AirMeter.Reading;
import org.m2me.lab.trace.AirMeter.Use;

/** What there is to know at the end: how many got there, what it took, where the bytes went; then the verdict. */
public final class Summary {
    /** So many lines of a large fleet; the rest is in the sums. */
    private static final int ROWS_MAX = 20;
    /** The goal for one device, first DTLS packet to MCIM confirmed, both ways. */
    private static final long AIR_GOAL = 5_000;

    private final Terminal terminal;
    private final boolean cellular;

    public Summary(Terminal terminal, boolean cellular) {
        this.terminal = terminal;
        this.cellular = cellular;
    }

    /**
     * What the run took.
     *
     * @param peakKiB memory of all processes together at its highest
     * @param atOnce most devices that were under way at the same time
     */
    public record Machine(Duration wall, long peakKiB, int atOnce) {}

    /** Shows the table of a fleet, the sums and the verdict. */
    public void show(List<Outcome> outcomes, Machine machine) {
        terminal.line("");
        if (outcomes.size() > 1) {
            table(outcomes);
        }
        air(outcomes);
        terminal.line(String.format(
                Locale.ROOT,
                "Wall time %.1f s, peak memory %d MiB in all%s, access %s.",
                machine.wall().toMillis() / 1000.0,
                machine.peakKiB() / 1024,
                outcomes.size() > 1 ? ", at most " + machine.atOnce() + " under way at once" : "",
                cellular ? "3GPP (PCID over a visited network)" : "non-3GPP provider"));
        verdict(outcomes);
    }

    private void table(List<Outcome> outcomes) {
        terminal.line(terminal.styled(
                Style.HEADING,
                String.format(
                        Locale.ROOT,
                        "%7s  %8s %9s %9s %9s  %s",
                        "device",
                        "time s",
                        "to MCIM B",
                        "all B",
                        "exchanges",
                        "outcome")));
        outcomes.stream().limit(ROWS_MAX).forEach(outcome -> row(outcome, outcome.run()));
        outcomes.stream()
                .skip(ROWS_MAX)
                .filter(outcome -> !outcome.good() || outcome.run().isTampered())
                .forEach(outcome -> row(outcome, outcome.run()));
        if (outcomes.size() > ROWS_MAX) {
            terminal.line("      …  " + (outcomes.size() - ROWS_MAX) + " more");
        }
    }

    private void row(Outcome outcome, DeviceRun run) {
        Reading all = run.air();
        terminal.line(String.format(
                        Locale.ROOT,
                        "%7d  %8.1f %9s %9d %9d  ",
                        run.device().number(),
                        run.trace().lasted().toMillis() / 1000.0,
                        run.airUntilConfirmed()
                                .map(reading -> Long.toString(reading.total()))
                                .orElse("–"),
                        all.total(),
                        all.exchanges())
                + terminal.styled(outcome.good() ? Style.GOOD : Style.BAD, outcome.words()));
    }

    private void air(List<Outcome> outcomes) {
        List<Reading> readings = outcomes.stream()
                .map(Outcome::run)
                .map(DeviceRun::airUntilConfirmed)
                .flatMap(Optional::stream)
                .toList();
        if (readings.isEmpty()) {
            return;
        }
        long average = average(readings, Reading::total);
        terminal.line(String.format(
                Locale.ROOT,
                "On the air, first DTLS packet to MCIM confirmed, per device: %d bytes (%d up, %d down; goal under %d) in %d datagrams, %d CoAP exchanges.",
                average,
                average(readings, Reading::up),
                average(readings, Reading::down),
                AIR_GOAL,
                average(readings, Reading::packets),
                average(readings, Reading::exchanges)));
        for (Use use : AirMeter.Use.values()) {
            long bytes = average(readings, reading -> reading.bytes().getOrDefault(use, 0L));
            terminal.line(String.format(
                    Locale.ROOT, "  %5d  %3d %%  %s", bytes, average == 0 ? 0 : 100 * bytes / average, use.label()));
        }
    }

    private static long average(Collection<Reading> readings, ToLongFunction<Reading> what) {
        return Math.round(readings.stream().mapToLong(what).average().orElse(0));
    }

    private void verdict(List<Outcome> outcomes) {
        long good = outcomes.stream().filter(Outcome::good).count();
        long tampered = outcomes.stream()
                .filter(outcome -> outcome.good() && outcome.run().isTampered())
                .count();
        String text = good == outcomes.size()
                ? "VERDICT: good. " + (good - tampered) + " of " + (outcomes.size() - tampered)
                        + " devices have their subscription"
                        + (tampered > 0 ? ", " + tampered + " was tampered with and refused." : ".")
                : "VERDICT: bad. " + (outcomes.size() - good) + " of " + outcomes.size()
                        + " devices did not end as they should.";
        outcomes.stream()
                .filter(outcome -> !outcome.good() || outcome.run().isTampered())
                .filter(outcome -> outcomes.size() == 1)
                .forEach(outcome -> terminal.line(outcome.run().device() + ": " + outcome.words()));
        terminal.line(terminal.styled(good == outcomes.size() ? Style.GOOD : Style.BAD, text));
    }
}
