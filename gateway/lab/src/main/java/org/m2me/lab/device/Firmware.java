// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.device;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.m2me.agent.ConfigurationException;
import org.m2me.agent.TrustedEnvironments;
import org.m2me.hal.TrustedEnvironmentProvider;

/**
 * What is on a device's storage when it leaves the factory: the agent's jars, the board's file, the agent's configuration.
 * The Java runtime is the one of this machine.
 *
 * @param distribution the agent's jars are in its folder {@code lib}
 * @param board file of the board
 * @param runtime home of the Java runtime that agents run on and measure
 * @param configuration lines of the agent's configuration that are not the same in every lab: gateway, access
 */
public record Firmware(Path distribution, Path board, Path runtime, List<String> configuration) {
    private static final String TRUSTED_ENVIRONMENT = "soft";

    /** Makes and opens the devices' Trusted Environments: the kind that their agents open. */
    public static TrustedEnvironmentProvider trustedEnvironments() {
        try {
            return TrustedEnvironments.named(TRUSTED_ENVIRONMENT);
        } catch (ConfigurationException absent) {
            throw new IllegalStateException(absent);
        }
    }

    /** Puts everything into an empty directory. */
    void install(Path directory) throws IOException {
        Path lib = Files.createDirectories(directory.resolve("lib"));
        try (Stream<Path> jars = Files.list(distribution.resolve("lib"))) {
            for (Path jar : jars.toList()) {
                link(jar, lib.resolve(jar.getFileName().toString()));
            }
        }
        Path etc = Files.createDirectories(directory.resolve("etc"));
        Files.createDirectories(directory.resolve("state"));
        Files.copy(board, etc.resolve("board.properties"));
        Files.write(etc.resolve("agent.properties"), configuration, StandardCharsets.UTF_8);
    }

    /** The same file under another name where the file system can, a copy where it cannot. */
    private static void link(Path jar, Path name) throws IOException {
        try {
            Files.createLink(name, jar);
        } catch (FileSystemException | UnsupportedOperationException elsewhere) {
            Files.copy(jar, name);
        }
    }

    /** The hardware model, from the board's file. */
    String model() throws IOException {
        Properties read = new Properties();
        try (var in = Files.newBufferedReader(board, StandardCharsets.UTF_8)) {
            read.load(in);
        }
        return read.getProperty("model");
    }
}
