// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.judges;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A D-Bus of a test's own, with the programs on it. */
final class PrivateBus implements AutoCloseable {
    /** A call that probes a modem takes some seconds. */
    private static final Duration CALL_LIMIT = Duration.ofSeconds(60);

    /** Until something that was asked for has happened: ModemManager probes a port for about 15 s. */
    private static final Duration SOON = Duration.ofSeconds(90);

    private static final String CONFIGURATION = """
            <busconfig><type>system</type><listen>unix:path=%s</listen><auth>EXTERNAL</auth>
            <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
            <allow own="*"/></policy></busconfig>
            """;

    private final Path directory;
    private final String address;
    private final List<DebianDaemon> daemons = new ArrayList<>();

    PrivateBus(Path directory) throws IOException {
        DebianDaemon.require("dbus-daemon", "dbus");
        DebianDaemon.require("gdbus", "libglib2.0-bin");
        this.directory = directory;
        Path socket = directory.resolve("bus");
        this.address = "unix:path=" + socket;
        Path file = directory.resolve("bus.conf");
        Files.writeString(file, CONFIGURATION.formatted(socket));
        start("dbus-daemon", "--config-file=" + file, "--nofork", "--nopidfile");
        await("the bus", () -> Files.exists(socket));
    }

    /** Starts a program that finds the bus where it looks for the system's; the first words may set its environment. */
    DebianDaemon start(String... command) throws IOException {
        Path own = Files.createDirectory(directory.resolve("daemon" + daemons.size()));
        DebianDaemon daemon = DebianDaemon.start(own, "env", withBus(command).toArray(String[]::new));
        daemons.add(daemon);
        return daemon;
    }

    private List<String> withBus(String... command) {
        List<String> words = new ArrayList<>();
        words.add("DBUS_SYSTEM_BUS_ADDRESS=" + address);
        words.addAll(List.of(command));
        return words;
    }

    /** What a program printed, and how it ended. */
    record Output(int status, String text) {}

    Output run(String... command) throws IOException, InterruptedException {
        Path printed = Files.createTempFile(directory, "output", ".txt");
        List<String> words = withBus(command);
        words.add(0, "env");
        Process process = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
        if (!process.waitFor(CALL_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(List.of(command) + " did not end: " + Files.readString(printed));
        }
        return new Output(process.exitValue(), Files.readString(printed));
    }

    /** Calls a method; the answer is a GVariant's text. */
    Output call(String service, String object, String method, String... arguments)
            throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(
                "gdbus", "call", "--address", address, "--dest", service, "--object-path", object, "--method", method));
        words.addAll(List.of(arguments));
        return run(words.toArray(String[]::new));
    }

    /** Something that becomes true. */
    interface Condition {
        boolean holds() throws IOException, InterruptedException;
    }

    void await(String what, Condition condition) throws IOException {
        long end = System.nanoTime() + SOON.toNanos();
        try {
            while (!condition.holds()) {
                if (System.nanoTime() - end > 0) {
                    throw new IOException(what + " did not come: " + DebianDaemon.lastWords(daemons));
                }
                TimeUnit.MILLISECONDS.sleep(50); // the programs need the processor more than the question
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(what + ": interrupted", e);
        }
    }

    @Override
    public void close() {
        for (int i = daemons.size() - 1; i >= 0; i--) {
            daemons.get(i).close();
        }
    }
}
