// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.m2me.lab.device.DeviceRun;
import org.m2me.lab.device.LabDevice;
import org.m2me.protocol.message.Refused;

/** A lab for a test: the same parts as the command's, without the console. */
final class LabHarness implements AutoCloseable {
    static final Duration DEVICE_LIMIT = Duration.ofMinutes(3);

    final Options options;
    final Lab lab;
    private final List<DeviceRun> runs = new ArrayList<>();

    LabHarness(Options options, Path directory) throws IOException {
        this.options = options;
        this.lab = new Lab(options, world(), directory);
    }

    private static Lab.World world() {
        Clock clock = Clock.systemUTC();
        return new Lab.World(
                Path.of(System.getProperty("m2me.agent")),
                Path.of(System.getProperty("m2me.boards")).resolve("laptop-emulated.properties"),
                Path.of(System.getProperty("java.home")),
                clock,
                System::nanoTime,
                new SecureRandom());
    }

    /** Makes the devices and puts each beside its hardware. @param tampered number of the one that is changed; 0 for none */
    List<DeviceRun> place(int tampered) throws IOException, Refused {
        for (LabDevice device : lab.make()) {
            if (device.number() == tampered) {
                Lab.tamper(device);
            }
            runs.add(lab.place(device, device.number() == tampered, (network, imsi) -> {}));
        }
        return List.copyOf(runs);
    }

    /** Runs one device to its end. */
    Outcome live(DeviceRun run) throws IOException, InterruptedException {
        lab.switchOn(run);
        run.await(DEVICE_LIMIT);
        return Outcome.of(run, options.cellular(), lab.network().subscriber());
    }

    @Override
    public void close() {
        runs.forEach(DeviceRun::close);
        lab.close();
    }
}
