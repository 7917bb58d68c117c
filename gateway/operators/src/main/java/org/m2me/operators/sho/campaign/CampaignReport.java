// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho.campaign;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.m2me.operators.Campaigns;
import org.m2me.operators.Campaigns.Outcome;
import org.m2me.operators.Campaigns.Row;
import org.m2me.operators.Campaigns.Status;
import org.m2me.operators.Count;
import org.m2me.operators.Ivf.Standing;
import org.m2me.operators.command.Unusable;
import org.m2me.protocol.message.Refused;

/** How campaigns are shown to a person, and kept as comma separated values. */
final class CampaignReport {
    private static final int BAR = 40; // characters: with the numbers before it less than a line of 80

    private CampaignReport() {}

    /** One campaign: how many devices of each outcome. */
    static String table(Status status) {
        long devices = devices(status);
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%s: %s, wave %d of %d, %d devices, begun %s%n",
                status.name(),
                status.state(),
                status.wave(),
                status.waves(),
                devices,
                status.created()));
        if (!status.reason().isEmpty()) {
            text.append("  ").append(status.reason()).append('\n');
        }
        for (Outcome outcome : Outcome.values()) {
            long number = number(status, outcome);
            if (number > 0) {
                text.append(line(outcome.name(), number, devices));
            }
        }
        return text.toString();
    }

    /** What the IVF would answer now, and how many devices the PVA would be asked for. */
    static String forecast(List<Count> counts) {
        long devices = counts.stream().mapToLong(Count::number).sum();
        long valid = counts.stream()
                .filter(count -> count.name().equals(Standing.VALID.name()))
                .mapToLong(Count::number)
                .sum();
        StringBuilder text =
                new StringBuilder(devices + " devices; the PVA would have to validate " + (devices - valid) + "\n");
        counts.forEach(count -> text.append(line(count.name(), count.number(), devices)));
        return text.toString();
    }

    private static String line(String name, long number, long of) {
        String bar = "#".repeat((int) (BAR * number / of));
        return String.format(Locale.ROOT, "  %-14s %7d %4d %%  %s", name, number, 100 * number / of, bar)
                        .stripTrailing()
                + "\n";
    }

    /** Many campaigns, one line each. */
    static String list(List<Status> campaigns) {
        StringBuilder text =
                new StringBuilder(row("CAMPAIGN", "STATE", "WAVE", "DONE", "FAILED", "FELL_BACK", "OFFLINE", "OPEN"));
        for (Status status : campaigns) {
            long open = number(status, Outcome.WAITING) + number(status, Outcome.ORDERED);
            text.append(row(
                    status.name(),
                    status.state(),
                    status.wave() + "/" + status.waves(),
                    number(status, Outcome.DONE),
                    number(status, Outcome.FAILED),
                    number(status, Outcome.FELL_BACK),
                    number(status, Outcome.OFFLINE),
                    open));
        }
        return text.toString();
    }

    private static String row(Object... columns) {
        return String.format(Locale.ROOT, "%-24s %-9s %9s %6s %6s %9s %7s %6s%n", columns);
    }

    private static long devices(Status status) {
        return status.outcomes().stream().mapToLong(Count::number).sum();
    }

    static long number(Status status, Outcome outcome) {
        return status.outcomes().stream()
                .filter(count -> count.name().equals(outcome.name()))
                .mapToLong(Count::number)
                .sum();
    }

    /** Whether nobody needs to look: it goes on, or every device is done. */
    static boolean isWell(Status status) {
        return switch (status.state()) {
            case RUNNING, PAUSED -> true;
            case STOPPED, CANCELLED -> false;
            case ENDED -> number(status, Outcome.DONE) == devices(status);
        };
    }

    /**
     * The devices of a campaign as a new file, complete or not there.
     *
     * @return how many
     */
    static int export(Campaigns campaigns, String name, Path file) throws IOException, Refused, Unusable {
        if (Files.exists(file)) {
            throw new Unusable(file + " is there already; name another");
        }
        Path parts = file.resolveSibling(file.getFileName() + ".part");
        try {
            int devices = write(campaigns, name, parts);
            Files.move(parts, file, StandardCopyOption.ATOMIC_MOVE);
            return devices;
        } finally {
            Files.deleteIfExists(parts);
        }
    }

    private static int write(Campaigns campaigns, String name, Path file) throws IOException, Refused {
        int devices = 0;
        try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.US_ASCII)) {
            out.write("device,wave,outcome,code,tries,ordered,ended\n");
            List<Row> page;
            do {
                page = campaigns.rows(name, devices);
                for (Row row : page) {
                    out.write(values(row));
                }
                devices += page.size();
            } while (page.size() == Campaigns.ROWS_MAX);
        }
        return devices;
    }

    private static String values(Row row) {
        return String.join(
                        ",",
                        row.device().hex(),
                        Integer.toString(row.wave()),
                        row.outcome().name(),
                        row.code().name(),
                        Integer.toString(row.tries()),
                        text(row.ordered()),
                        text(row.ended()))
                + "\n";
    }

    private static String text(Optional<Instant> at) {
        return at.map(Instant::toString).orElse("");
    }
}
