// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.device;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The agent of one device, in a process of its own, from the device's own jars. */
public final class AgentProcess implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AgentProcess.class);
    private static final String MAIN = "org.m2me.agent.AgentCommand";
    /** As on a board, but for the memory that a laptop's C2 compiler needs to hash fast. */
    private static final List<String> FLAGS = List.of(
            "-XX:+UseSerialGC",
            "-Xss256k",
            "-Xmx48m",
            "-XX:-UsePerfData",
            "-Xshare:auto",
            "-XX:+ExitOnOutOfMemoryError");
    /** A board has a processor of its own; here it yields to the network, which in life is another machine. */
    private static final List<String> YIELDING = List.of("nice", "-n", "5");
    /** An agent that is told to stop writes its status and goes. */
    private static final Duration STOP_LIMIT = Duration.ofSeconds(5);
    /** The system ends a process that was killed at once, unless it waits for a disk. */
    private static final Duration KILL_LIMIT = Duration.ofSeconds(30);

    private final Process process;
    private final Thread follower;

    private AgentProcess(Process process, Thread follower) {
        this.process = process;
        this.follower = follower;
    }

    /**
     * Starts an agent.
     *
     * @param runtime home of the Java runtime
     * @param board settings of the board that are this device's own, by key
     * @param once whether the agent ends after its first telemetry
     * @param events takes each line that the agent writes to its standard output
     */
    public static AgentProcess start(
            LabDevice device, Path runtime, Map<String, String> board, boolean once, Consumer<String> events)
            throws IOException {
        List<String> command = new ArrayList<>(YIELDING);
        command.add(runtime.resolve("bin").resolve("java").toString());
        command.addAll(FLAGS);
        command.add("-cp");
        command.add(device.directory().resolve("lib") + File.separator + "*");
        command.addAll(List.of(
                MAIN, "run", "--events", "--config", device.configuration().toString()));
        board.forEach((key, value) -> command.addAll(List.of("--board", key + "=" + value)));
        if (once) {
            command.add("--once");
        }
        Process process = new ProcessBuilder(command)
                .directory(device.directory().toFile())
                .redirectError(ProcessBuilder.Redirect.appendTo(device.log().toFile()))
                .start();
        process.getOutputStream().close();
        Thread follower = new Thread(() -> follow(process, events), "follow-" + device.number());
        follower.setDaemon(true);
        follower.start();
        return new AgentProcess(process, follower);
    }

    private static void follow(Process process, Consumer<String> events) {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                events.accept(line);
            }
        } catch (IOException ended) {
            return; // the process is gone, and with it what it had to say
        }
    }

    public long id() {
        return process.pid();
    }

    /** Waits for the agent to end. @return its exit status, or -1 if it runs on when the limit is over */
    public int await(Duration limit) throws InterruptedException {
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            return -1;
        }
        follower.join(STOP_LIMIT.toMillis());
        return process.exitValue();
    }

    /** Takes its power away: no notice, no clean-up. */
    public void cut() {
        process.destroyForcibly();
    }

    /** Until the system has released what it had open. */
    private void awaitKilled() throws InterruptedException {
        if (!process.waitFor(KILL_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
            LOG.warn("agent {} does not end although it was killed", process.pid());
        }
    }

    /** Has it stop by itself, or kills it; afterwards somebody else can open the device's Trusted Environment. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                awaitKilled();
            }
        } catch (InterruptedException stopping) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
