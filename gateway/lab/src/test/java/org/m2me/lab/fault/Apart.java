// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program of the tests in a process with a mount namespace of its own, where disks can be filled. */
public final class Apart {
    private static final List<String> UNSHARE = List.of("unshare", "--map-root-user", "--mount");
    /** As long as everything in there that has a limit of its own. */
    private static final long LIMIT_MINUTES = 15;

    private Apart() {}

    /** Runs the program; it must end well. */
    public static void run(Class<?> program, String... arguments) throws IOException, InterruptedException {
        assumeNamespaces();
        List<String> command = new ArrayList<>(UNSHARE);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        for (String property : List.of("m2me.agent", "m2me.boards")) {
            command.add("-D" + property + "=" + System.getProperty(property, ""));
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES))
                    .as(said)
                    .isTrue();
            assertThat(process.exitValue()).as(said).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    private static void assumeNamespaces() throws InterruptedException {
        List<String> trial = new ArrayList<>(UNSHARE);
        trial.addAll(List.of("mount", "-t", "tmpfs", "m2me", "/mnt"));
        boolean possible;
        try {
            possible = new ProcessBuilder(trial).start().waitFor() == 0;
        } catch (IOException absent) {
            possible = false;
        }
        assumeTrue(
                possible,
                "no namespaces of its own: wants unshare (apt-get install util-linux), and root or"
                        + " kernel.unprivileged_userns_clone=1");
    }
}
