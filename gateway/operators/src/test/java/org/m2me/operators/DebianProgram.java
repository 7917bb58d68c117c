// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs of Debian's that judge ours, or stand for somebody else's. */
public final class DebianProgram {
    private static final long TIME_LIMIT_SECONDS = 60; // each ends within a second where nobody else works

    private DebianProgram() {}

    /** Skips the test, and says why, where it is not installed. */
    public static void require(String program, String debianPackage) {
        boolean present = Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
        assumeTrue(present, program + " is not installed: Debian package " + debianPackage);
    }

    /** What one came to. */
    @SuppressWarnings("ArrayRecordComponent") // it never is compared
    public record Ended(int status, byte[] output, String errors) {}

    /** Runs one to its end in a folder. */
    public static Ended run(Path folder, List<String> command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(folder, "run", ".out");
        Path errors = Files.createTempFile(folder, "run", ".err");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        if (!process.waitFor(TIME_LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(command + " did not end within " + TIME_LIMIT_SECONDS + " s");
        }
        return new Ended(process.exitValue(), Files.readAllBytes(output), Files.readString(errors));
    }

    /** Its output; it has to end well. */
    public static byte[] output(Path folder, String... command) throws IOException, InterruptedException {
        Ended ended = run(folder, List.of(command));
        assertThat(ended.status()).as(ended.errors()).isZero();
        return ended.output();
    }
}
