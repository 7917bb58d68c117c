// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A program made by others, against which our own results are checked. */
public final class DebianProgram {
    private static final long TIME_LIMIT_SECONDS = 20; // each of these answers within milliseconds

    private final String name;

    private DebianProgram(String name) {
        this.name = name;
    }

    /** Skips the test, naming the package, where the program is absent. */
    public static DebianProgram require(String name, String debianPackage) {
        String path = System.getenv().getOrDefault("PATH", "");
        boolean present = Arrays.stream(path.split(Pattern.quote(File.pathSeparator), -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
        assumeTrue(present, name + " is not installed: Debian package " + debianPackage);
        return new DebianProgram(name);
    }

    /** Runs it in a folder, and gives what it printed on both outputs. */
    public Output run(Path folder, String... arguments) throws IOException, InterruptedException {
        List<String> command =
                Stream.concat(Stream.of(name), Stream.of(arguments)).toList();
        Path printed = Files.createTempFile(folder, name, ".out");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
        if (!process.waitFor(TIME_LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(command + " did not end within " + TIME_LIMIT_SECONDS + " s");
        }
        return new Output(process.exitValue(), Files.readString(printed));
    }

    /** How it ended and what it said. */
    public record Output(int status, String text) {}
}
