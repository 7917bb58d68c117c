// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.judges;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A network, a /run and a /tmp of a test's own, for programs that listen everywhere, at fixed ports and paths. Sockets in
 * the test's directory are the ways in and out. All that runs in there ends with it, and it ends with the test's process.
 */
final class PrivateWorld implements AutoCloseable {
    private static final long STOP_LIMIT_SECONDS = 5; // the kernel ends everything in there at once

    // It lives until its input is closed. Its first process is the init of its own process identifiers: when it goes,
    // all go.
    private static final String FIRST =
            "mount --bind \"$1\" /mnt && mount -t tmpfs tmpfs /run && mount -t tmpfs tmpfs /tmp"
                    + " && ip link set lo up && cd /mnt && echo open && exec cat";

    private final Path directory;
    private final Process outside;
    private final long first;
    private final List<DebianDaemon> programs = new ArrayList<>();

    /** @param directory every program's working directory is this one, by another name */
    PrivateWorld(Path directory) throws IOException {
        DebianDaemon.require("unshare", "util-linux");
        DebianDaemon.require("ip", "iproute2");
        this.directory = directory;
        this.outside = new ProcessBuilder(
                        "unshare",
                        "--map-root-user",
                        "--net",
                        "--mount",
                        "--pid",
                        "--fork",
                        "--kill-child",
                        "sh",
                        "-c",
                        FIRST,
                        "sh",
                        directory.toString())
                .redirectErrorStream(true)
                .start();
        BufferedReader said = outside.inputReader(StandardCharsets.UTF_8);
        String line = said.readLine();
        assumeTrue(
                "open".equals(line),
                "no namespaces of its own: wants root, or kernel.unprivileged_userns_clone=1 (unshare: " + line + ")");
        this.first = outside.children().findFirst().orElseThrow().pid();
    }

    /** Starts a program in there. */
    DebianDaemon start(String... command) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "--target",
                Long.toString(first),
                "--user",
                "--preserve-credentials",
                "--net",
                "--mount",
                "--pid",
                "--wd"));
        arguments.addAll(List.of(command));
        Path own = Files.createDirectory(directory.resolve("program" + programs.size()));
        DebianDaemon program = DebianDaemon.start(own, "nsenter", arguments.toArray(String[]::new));
        programs.add(program);
        return program;
    }

    /** The ends of their logs. */
    String lastWords() {
        return DebianDaemon.lastWords(programs);
    }

    @Override
    public void close() {
        try {
            outside.getOutputStream().close();
            if (!outside.waitFor(STOP_LIMIT_SECONDS, TimeUnit.SECONDS)) {
                outside.destroyForcibly().waitFor();
            }
        } catch (IOException e) {
            outside.destroyForcibly();
        } catch (InterruptedException e) {
            outside.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        programs.forEach(DebianDaemon::close);
    }
}
