// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.console;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.m2me.lab.console.Terminal.Style;
import org.m2me.operators.Count;
import org.m2me.operators.Sho;

/** What a mass change took, beside what the same took without the IVF. */
public final class Comparison {
    private final Terminal terminal;

    public Comparison(Terminal terminal) {
        this.terminal = terminal;
    }

    /**
     * One column.
     *
     * @param name of the run
     * @param validations integrity validations by the PVA
     * @param authentications checks of credentials by the PVA
     * @param pvaCpu what both took of the processor
     * @param bytes on the air for each device
     */
    public record Column(
            String name,
            long done,
            long validations,
            long authentications,
            Duration pvaCpu,
            long bytes,
            Duration wall,
            Sho.ValidationCounts counts) {}

    /** Shows them side by side; of two, the third column says what the first saved. */
    public void show(List<Column> columns) {
        terminal.line("");
        terminal.line(terminal.styled(
                Style.HEADING,
                line("", columns.stream().map(Column::name).toList(), columns.size() > 1 ? "saved" : "")));
        number("devices that changed", columns, Column::done, false);
        number("integrity validations by the PVA", columns, Column::validations, true);
        number("credential checks by the PVA", columns, Column::authentications, true);
        number("PVA's processor time, ms", columns, column -> column.pvaCpu().toMillis(), true);
        number("bytes on the air per device", columns, Column::bytes, true);
        number("seconds to the last device", columns, column -> column.wall().toSeconds(), true);
        for (Column column : columns) {
            terminal.line(column.name() + ": answers from the IVF: "
                    + words(column.counts().answers()) + "; fall-backs to the PVA: "
                    + words(column.counts().fallBacks()));
        }
    }

    private void number(String what, List<Column> columns, Function<Column, Long> value, boolean saves) {
        List<Long> values = columns.stream().map(value).toList();
        String saved = saves && values.size() > 1 ? Long.toString(values.get(1) - values.get(0)) : "";
        terminal.line(line(what, values.stream().map(String::valueOf).toList(), saved));
    }

    private static String line(String what, List<String> values, String last) {
        return String.format(Locale.ROOT, "%-34s", what)
                + values.stream()
                        .map(value -> String.format(Locale.ROOT, " %12s", value))
                        .collect(Collectors.joining())
                + String.format(Locale.ROOT, " %12s", last);
    }

    private static String words(List<Count> counts) {
        return counts.isEmpty()
                ? "none"
                : counts.stream()
                        .map(count -> count.number() + " " + count.name())
                        .collect(Collectors.joining(", "));
    }
}
