// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.m2me.lab.device.DeviceRun;
import org.m2me.lab.device.EmulatedHardware;
import org.m2me.lab.device.Firmware;
import org.m2me.lab.device.LabDevice;
import org.m2me.lab.device.ProductionLine;
import org.m2me.lab.fault.Interference;
import org.m2me.lab.network.LabNetwork;
import org.m2me.lab.network.LabSettings;
import org.m2me.lab.trace.Traces;
import org.m2me.operators.Subscriber;
import org.m2me.operators.Subscriber.Purchase;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.message.Refused;

/** A network and a factory, ready for devices: what the command and the tests are both made of. */
public final class Lab implements AutoCloseable {
    /** The operator that the subscriber chooses. */
    public static final Plmn OPERATOR = LabSettings.HOME;

    /** The operator that the subscriber changes to. */
    public static final Plmn OTHER_OPERATOR = LabSettings.OTHER;

    /** The name of the first operator among the roles. */
    public static final String SHO = "sho." + OPERATOR;

    /** Of what is measured on each device. */
    public static final String VERSION = "0.1.0";

    private final Options options;
    private final World world;
    private final Path directory;
    private final Interference interference;
    private final Traces traces = new Traces();
    private final LabNetwork network;
    private final ProductionLine line;

    /**
     * What comes from outside.
     *
     * @param agent the agent's distribution, with its jars in {@code lib}
     * @param board the board's file
     * @param runtime home of the Java runtime that agents run on
     */
    public record World(
            Path agent, Path board, Path runtime, Clock clock, LongSupplier nanoTime, SecureRandom random) {}

    /** Starts the network and opens the factory. @param directory empty or new */
    public Lab(Options options, World world, Path directory) throws IOException {
        this(options, world, directory, Interference.NONE);
    }

    /** @param interference what may harm the network and the air */
    public Lab(Options options, World world, Path directory, Interference interference) throws IOException {
        this.options = options;
        this.world = world;
        this.directory = directory;
        this.interference = interference;
        this.network = new LabNetwork(new LabSettings(
                directory,
                world.clock(),
                world.random(),
                traces,
                Duration.ofDays(options.pcidDays()),
                options.mcimByDpf(),
                options.gsup(),
                options.together(),
                options.ivf(),
                interference));
        Firmware firmware = new Firmware(world.agent(), world.board(), world.runtime(), configuration());
        this.line = new ProductionLine(
                firmware, network.supplier(), network.pki().operators(), world.random(), interference);
    }

    private List<String> configuration() {
        return List.of(
                "# The same in every device of this lab, and measured.",
                "board = board.properties",
                "tre = soft",
                "tre.directory = ../tre",
                "gateway = " + network.gatewayUri(),
                "access = " + (options.cellular() ? "3gpp" : "n3g"),
                "wlan.network = " + LabSettings.HOTSPOT,
                "firmware.version = " + VERSION,
                "telemetry.interval = 10",
                "telemetry.count = 0",
                "refused.retry = 60",
                "pcid.renew-retry = 10",
                "state = ../state",
                "component.runtime = ${java.home}/lib/modules, ${java.home}/lib/server/libjvm.so, ${java.home}/bin/java",
                "component.agent = ../lib",
                "component.board = board.properties",
                "component.config = agent.properties");
    }

    /** Makes devices, publishes the reference values for their model, sells them: each is in its subscriber's hands. */
    public List<LabDevice> make() throws IOException, Refused {
        List<LabDevice> devices = new ArrayList<>();
        Subscriber subscriber = network.subscriber();
        if (options.activation()) {
            subscriber.activateAll(network.activation());
        }
        for (int number = 1; number <= options.devices(); number++) {
            Path storage = directory.resolve("devices").resolve(String.format("%03d", number));
            LabDevice device = line.make(number, storage, options.way());
            if (number == 1) {
                line.release(device);
            }
            subscriber.choose(
                    new Purchase(
                            device.ueid(),
                            device.made().pcid(),
                            device.made().ownerToken(),
                            device.made().depositForm()),
                    OPERATOR);
            devices.add(device);
        }
        if (options.renews()) {
            network.pcidLifetime(Duration.ofDays(Options.PCID_DAYS)); // so that each is renewed once
        }
        return devices;
    }

    /** New firmware for some devices that are off: a measured file of each changes, and what it is now is published. */
    public void update(List<LabDevice> devices) throws IOException, Refused {
        for (LabDevice device : devices) {
            append(device, "# the firmware's next release");
        }
        line.release(devices.get(0));
    }

    /** Changes a measured file of a device that was sold. */
    public static void tamper(LabDevice device) throws IOException {
        append(device, "# changed in the field");
    }

    private static void append(LabDevice device, String line) throws IOException {
        Files.writeString(
                device.configuration(),
                System.lineSeparator() + line,
                StandardCharsets.UTF_8,
                StandardOpenOption.APPEND);
    }

    /** Puts a device beside its emulated hardware, still off. */
    public DeviceRun place(LabDevice device, boolean tampered, BiConsumer<String, String> attached) throws IOException {
        return new DeviceRun(
                device,
                tampered,
                new DeviceRun.Surroundings(
                        network, traces, new EmulatedHardware.Air(world.random(), world.nanoTime(), interference)),
                world.clock().instant(),
                attached);
    }

    /** Switches a device on. */
    public void switchOn(DeviceRun run) throws IOException {
        run.switchOn(world.runtime(), !options.keep() && options.change().isEmpty());
    }

    /** Whether access is by a visited network. */
    boolean isCellular() {
        return options.cellular();
    }

    public LabNetwork network() {
        return network;
    }

    public Traces traces() {
        return traces;
    }

    public Path directory() {
        return directory;
    }

    @Override
    public void close() {
        network.close();
    }
}
