// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The PVA's process, and what the system says that it took of the processors. */
final class PvaProcess implements AutoCloseable {
    private static final long MILLIS_PER_TICK = 10; // USER_HZ of every Linux is 100
    private static final long END_SECONDS = 10; // it closes a database

    /** How names of threads begin, cut to 15 characters, that are the virtual machine's own. */
    private static final List<String> MACHINE =
            List.of("C1 ", "C2 ", "GC ", "VM ", "Monitor Deflati", "Service Thread", "Sweeper");

    private final Process process;
    private final BufferedReader out;
    private final URI address;

    private PvaProcess(Process process, BufferedReader out, URI address) {
        this.process = process;
        this.out = out;
        this.address = address;
    }

    /**
     * Time of the processors, kernel included.
     *
     * @param all of the process
     * @param machine of it, the virtual machine's own: compiling and collecting
     */
    record Cpu(Duration all, Duration machine) {
        Cpu since(Cpu before) {
            return new Cpu(all.minus(before.all), machine.minus(before.machine));
        }
    }

    /** @param addresses of those whom it calls, and of the OCSP responder */
    static PvaProcess start(Path directory, Map<String, URI> addresses) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC", // this and the next as in gateway/operators/command.sh
                        "-XX:-UsePerfData",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BenchPva.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        StringBuilder lines = new StringBuilder();
        addresses.forEach(
                (name, uri) -> lines.append(name).append(' ').append(uri).append('\n'));
        OutputStream in = process.getOutputStream();
        in.write(lines.append('\n').toString().getBytes(StandardCharsets.US_ASCII));
        in.flush();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
        String address = out.readLine();
        if (address == null) {
            throw new IOException("the PVA did not start");
        }
        return new PvaProcess(process, out, URI.create(address));
    }

    URI address() {
        return address;
    }

    /** Since its start. */
    Cpu cpu() throws IOException {
        Path proc = Path.of("/proc", Long.toString(process.pid()));
        long machine = 0;
        try (Stream<Path> threads = Files.list(proc.resolve("task"))) {
            for (Path thread : threads.toList()) {
                machine += machineTicks(thread);
            }
        }
        return new Cpu(time(ticks(Files.readString(proc.resolve("stat")))), time(machine));
    }

    private static long machineTicks(Path thread) throws IOException {
        try {
            String stat = Files.readString(thread.resolve("stat"));
            String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
            boolean machine = MACHINE.stream().anyMatch(name::startsWith);
            return machine ? ticks(stat) : 0;
        } catch (NoSuchFileException ended) {
            return 0;
        }
    }

    private static long ticks(String stat) {
        List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
        return Long.parseLong(fields.get(11)) + Long.parseLong(fields.get(12)); // utime, stime
    }

    private static Duration time(long ticks) {
        return Duration.ofMillis(ticks * MILLIS_PER_TICK);
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        out.close();
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException stop) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
