// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.m2me.lab.device.DeviceRun;
import org.m2me.lab.fault.AirFault;
import org.m2me.lab.fault.Apart;
import org.m2me.lab.fault.ClockFaults;
import org.m2me.lab.fault.Disks;
import org.m2me.lab.fault.Fault;
import org.m2me.lab.fault.FaultNetwork;

/** Initial provisioning while disks really get full, once at every place. */
@Tag("long")
@Execution(ExecutionMode.CONCURRENT)
class FullDiskIT {
    @TempDir
    Path directory;

    @ParameterizedTest(name = "3GPP access: {0}, disk of {1}")
    @CsvSource({"true, roles", "false, roles", "true, device", "false, device"})
    void arrivesAlthoughADiskGetsFullOnceAtEveryPlace(boolean cellular, String whose) throws Exception {
        Apart.run(Inside.class, directory.resolve("lab").toString(), Boolean.toString(cellular), whose);
    }

    /** The part that runs apart. */
    static final class Inside {
        private static final Duration LIMIT = Duration.ofMinutes(10);
        private static final Duration FULL = Duration.ofSeconds(3);

        private Inside() {}

        /** @param arguments a directory that is not there yet, whether access is 3GPP, and whose disks get full */
        public static void main(String[] arguments) throws Exception {
            boolean cellular = Boolean.parseBoolean(arguments[1]);
            Set<String> full = ConcurrentHashMap.newKeySet();
            AtomicBoolean storm = new AtomicBoolean();
            Disks disks = new Disks(true);
            FaultNetwork network = new FaultNetwork(
                    (role, call) -> storm.get() && full.add(role + " " + call) ? Fault.DISK_FULL : Fault.NONE,
                    (device, up) -> AirFault.NONE,
                    ClockFaults.NONE,
                    disks,
                    System::nanoTime);
            Options options = Options.with().cellular(cellular).make();
            try (LabHarness lab = new LabHarness(options, Path.of(arguments[0]), network)) {
                DeviceRun run = lab.place(0).get(0);
                run.onState(state -> {
                    if (arguments[2].equals("device") && full.add(state)) {
                        disks.fill(run.device().toString(), FULL);
                    }
                });
                storm.set(arguments[2].equals("roles"));
                lab.arrives(run, LIMIT);
            }
            assertThat(full).hasSizeGreaterThan(8);
        }
    }
}
