// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bench;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.m2me.operators.Count;

/**
 * Both ways side by side.
 *
 * @param updated percent of the devices that have new firmware since they were validated
 */
record Comparison(Way on, Way off, int updated) {
    private static final double SAME = 0.05; // one run does not tell smaller differences

    /** That moved each time. */
    int devices() {
        return on.moves().get(0).devices();
    }

    String table() {
        StringBuilder table = new StringBuilder();
        table.append(String.format(
                Locale.ROOT,
                "%n%,d devices change operator, %d %% of them with new firmware, %d times each way%n"
                        + "%-58s %10s %10s %16s%n",
                devices(),
                updated,
                on.moves().size(),
                "for each device",
                on.name(),
                off.name(),
                ""));
        row(table, "integrity validations by the PVA", "%.3f", Taken::validationsPerDevice);
        row(table, "processor time of the PVA's process, ms", "%.2f", Taken::cpuPerDevice);
        row(table, "  compiling and collecting, by the Java machine", "%.2f", Taken::machinePerDevice);
        row(table, "  all the rest, which is the PVA's own work", "%.2f", Taken::ownPerDevice);
        row(table, "processor time of its threads while they judge, ms", "%.3f", Taken::judgingPerDevice);
        row(table, "bytes on the air for validation", "%.1f", Taken::validationBytes);
        row(table, "bytes on the air in all", "%.0f", Taken::bytes);
        table.append(line("seconds from the first order to the last device", "%.1f", Taken::seconds));
        for (Way way : List.of(on, off)) {
            for (Taken move : way.moves()) {
                table.append(String.format(
                        Locale.ROOT,
                        "%s: %,d validations, %,d credentials checked alone; process %.2f ms, its own work %.2f;"
                                + " the IVF answered: %s; fall-backs: %s%n",
                        way.name(),
                        move.counters().validations(),
                        move.counters().authentications(),
                        move.cpuPerDevice(),
                        move.ownPerDevice(),
                        words(move.counts().answers()),
                        words(move.counts().fallBacks())));
            }
        }
        return table.toString();
    }

    private void row(StringBuilder table, String what, String form, ToDoubleFunction<Taken> value) {
        table.append(line(what, form, value));
    }

    private String line(String what, String form, ToDoubleFunction<Taken> value) {
        return String.format(
                Locale.ROOT,
                "%-58s %10s %10s %16s%n",
                what,
                String.format(Locale.ROOT, form, on.of(value)),
                String.format(Locale.ROOT, form, off.of(value)),
                saved(value));
    }

    /** What the IVF makes of it, in words; none where there is nothing to compare. */
    String saved(ToDoubleFunction<Taken> value) {
        double with = on.of(value);
        double without = off.of(value);
        if (with <= 0 || without <= 0) {
            return "";
        }
        if (Math.abs(with - without) < SAME * without) {
            return "about the same";
        }
        return with < without
                ? String.format(Locale.ROOT, "%.1f times less", without / with)
                : String.format(Locale.ROOT, "%.1f times more", with / without);
    }

    private static String words(List<Count> counts) {
        return counts.isEmpty()
                ? "none"
                : counts.stream()
                        .map(count -> String.format(Locale.ROOT, "%,d %s", count.number(), count.name()))
                        .collect(Collectors.joining(", "));
    }
}
