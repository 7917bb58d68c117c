// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.judges;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A server made by others, running for a test in a directory of its own and ended with it. */
final class DebianDaemon implements AutoCloseable {
    /** Each of these listens within a second, on a machine that does other things as well. */
    private static final Duration START_LIMIT = Duration.ofSeconds(20);

    /** The longest that runs to an end of its own: a whole authentication, over reader and card. */
    private static final Duration RUN_LIMIT = Duration.ofSeconds(60);

    private static final Duration STOP_LIMIT = Duration.ofSeconds(5);
    private static final int LAST_WORDS = 4000; // characters; what went wrong is at the end
    private static final int CONNECT_LIMIT = 1000; // ms

    private final String name;
    private final Process process;
    private final Path log;

    private DebianDaemon(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /** Skips the test, naming the package, where the program is absent. */
    static void require(String program, String debianPackage) {
        String path = System.getenv().getOrDefault("PATH", "");
        boolean present = Arrays.stream(path.split(Pattern.quote(File.pathSeparator), -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
        assumeTrue(present, program + " is not installed: Debian package " + debianPackage);
    }

    /**
     * An address of this machine that nobody else uses: programs that insist on certain ports can run side by side, each on
     * its own.
     */
    static String ownLoopback(SecureRandom random) {
        return "127." + (1 + random.nextInt(254)) + "." + random.nextInt(255) + "." + (1 + random.nextInt(254));
    }

    /** Starts it in a directory. */
    static DebianDaemon start(Path directory, String program, String... arguments) throws IOException {
        Path log = directory.resolve(program + ".log");
        List<String> command =
                Stream.concat(Stream.of(program), Stream.of(arguments)).toList();
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new DebianDaemon(program, process, log);
    }

    /** Runs a program to its end. */
    static void run(Path directory, String program, String... arguments) throws IOException, InterruptedException {
        try (DebianDaemon running = start(directory, program, arguments)) {
            if (running.awaitEnd() != 0) {
                throw new IOException(program + " failed: " + running.said());
            }
        }
    }

    /** Waits for it to end by itself; its exit status. */
    int awaitEnd() throws IOException, InterruptedException {
        if (!process.waitFor(RUN_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            throw new IOException(name + " did not end: " + said());
        }
        return process.exitValue();
    }

    /** Waits until it has logged this. */
    void awaitSaying(String text) throws IOException, InterruptedException {
        long end = System.nanoTime() + START_LIMIT.toNanos();
        while (!said().contains(text)) {
            if (!process.isAlive() || System.nanoTime() - end > 0) {
                throw new IOException(name + " did not say \"" + text + "\": " + said());
            }
            TimeUnit.MILLISECONDS.sleep(20); // it needs the processor more than the question
        }
    }

    /** Connects as soon as it listens there. */
    Socket connect(InetSocketAddress address) throws IOException {
        long end = System.nanoTime() + START_LIMIT.toNanos();
        while (true) {
            Socket socket = new Socket();
            try {
                socket.connect(address, CONNECT_LIMIT);
                return socket;
            } catch (IOException notYet) {
                socket.close();
                if (!process.isAlive() || System.nanoTime() > end) {
                    throw new IOException(name + " does not listen on " + address + ": " + said(), notYet);
                }
                Thread.onSpinWait();
            }
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** What it has logged. */
    String said() throws IOException {
        return Files.readString(log);
    }

    /** The ends of several logs. */
    static String lastWords(List<DebianDaemon> daemons) {
        StringBuilder all = new StringBuilder();
        for (DebianDaemon daemon : daemons) {
            try {
                String text = daemon.said();
                all.append(text, Math.max(0, text.length() - LAST_WORDS), text.length())
                        .append('\n');
            } catch (IOException unreadable) {
                all.append(unreadable).append('\n');
            }
        }
        return all.toString();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
