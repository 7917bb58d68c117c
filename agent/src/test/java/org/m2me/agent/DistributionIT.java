// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The directory that goes to a device, started the way a device starts it. */
class DistributionIT {
    private static final Path DIST = Path.of("target", "dist");
    private static final long LIMIT_SECONDS = 60; // a start takes one; the machine may be busy

    @TempDir
    private Path home;

    private String output = "";

    private int agent(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(DIST.resolve("bin/agent").toString()));
        command.addAll(List.of(arguments));
        Path printed = home.resolve("output");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(printed.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        output = Files.readString(printed, StandardCharsets.UTF_8);
        return process.exitValue();
    }

    @Test
    void startsWithItsOptionsOnThisJava() throws Exception {
        assertThat(agent("--help")).as(output).isZero();
        assertThat(output).contains("Usage: agent").doesNotContain("warning").doesNotContain("Unrecognized");
    }

    @Test
    void holdsEveryJarItNeedsAndNoneForTests() throws Exception {
        try (Stream<Path> jars = Files.list(DIST.resolve("lib"))) {
            List<String> names =
                    jars.map(jar -> String.valueOf(jar.getFileName())).toList();
            assertThat(names)
                    .anyMatch(name -> name.startsWith("agent-"))
                    .anyMatch(name -> name.startsWith("tre-soft-"))
                    .anyMatch(name -> name.startsWith("slf4j-jdk14-"))
                    .noneMatch(name -> name.contains("junit") || name.contains("assertj"));
        }
    }

    @Test
    void measuresItsOwnFiles() throws Exception {
        Path config = Files.writeString(home.resolve("agent.properties"), """
                board = none
                tre = soft
                tre.directory = tre
                gateway = coaps://127.0.0.1:1
                access = 3gpp
                firmware.version = 1
                telemetry.interval = 1
                telemetry.count = 1
                state = state
                component.runtime = ${java.home}/lib/modules, ${java.home}/bin/java, ${java.home}/lib/server/libjvm.so
                component.agent = ${agent.lib}
                """);

        assertThat(agent("measure", "--config", config.toString(), "--files"))
                .as(output)
                .isZero();

        assertThat(output).contains("modules", "libjvm.so", "lib/agent-");
    }

    @Test
    void exitsWithTwoOnBadInput() throws Exception {
        assertThat(agent("run", "--config", "/nonexistent")).isEqualTo(2);
        assertThat(output).contains("/nonexistent: there is no such file");
    }
}
