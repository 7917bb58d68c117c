// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Moves the same fleet with the IVF and without, and compares. */
final class MassChange {
    private static final int DEVICES_MAX = 10_000; // as many connections as the gateway keeps
    private static final int PERCENT = 100;

    private MassChange() {}

    /** Options: {@code --directory DIR} (empty), {@code --svg FILE}, {@code --devices N}, {@code --updated PERCENT}. */
    public static void main(String... words) throws Exception {
        Logger.getLogger("").setLevel(Level.WARNING);
        Map<String, String> options = new HashMap<>(Map.of("--devices", "1000", "--updated", "5"));
        for (int i = 0; i + 1 < words.length; i += 2) {
            options.put(words[i], words[i + 1]);
        }
        int devices = number("--devices", options, DEVICES_MAX);
        int updated = number("--updated", options, PERCENT);
        Clock clock = Clock.systemUTC();
        Progress progress = new Progress(System.out, Boolean.getBoolean("m2me.terminal"), clock);
        OneWay one = new OneWay(Path.of(options.get("--directory")), clock, new SecureRandom(), progress);
        // With it first, when all but the PVA's process is still cold: the comparison is not in its favour.
        Comparison comparison =
                new Comparison(one.run(true, devices, updated), one.run(false, devices, updated), updated);
        System.out.print(comparison.table());
        Path svg = Path.of(options.get("--svg"));
        Files.writeString(svg, Drawing.of(comparison));
        System.out.println("drawn in " + svg.toAbsolutePath());
    }

    private static int number(String option, Map<String, String> options, int most) {
        int number = Integer.parseInt(options.getOrDefault(option, ""));
        if (number < 0 || number > most) {
            throw new IllegalArgumentException(option + ": " + number + " is not 0 to " + most);
        }
        return number;
    }
}
