// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import org.m2me.protocol.evidence.MeasuredComponent;

/** How many inquiries one IVF on one core answers in a second, over HTTP with mutual TLS on connections that are kept. */
final class InquiryRate {
    private static final int DEVICES = 20_000;
    private static final Duration WARM_UP = Duration.ofSeconds(15);
    private static final Duration MEASURED = Duration.ofSeconds(10);
    private static final long TICKS_PER_SECOND = 100; // USER_HZ of every Linux
    private static final String PATH = "/v1/ivf/inquire";
    private static final String OPERATOR = "sho." + BenchIvf.OPERATOR;

    private final Process ivf;
    private final SSLContext tls;
    private final int port;

    private InquiryRate(Process ivf, SSLContext tls, int port) {
        this.ivf = ivf;
        this.tls = tls;
        this.port = port;
    }

    /** Arguments: an empty directory, the core for the IVF. */
    public static void main(String... words) throws Exception {
        Path directory = Path.of(words[0]);
        Identities.make(directory, new SecureRandom(), Clock.systemUTC().instant(), "pva", "ivf", OPERATOR);
        Process ivf = new ProcessBuilder(
                        "taskset",
                        "-c",
                        words[1],
                        System.getProperty("java.home") + "/bin/java",
                        "-Xmx1g",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BenchIvf.class.getName(),
                        directory.toString(),
                        String.valueOf(DEVICES))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(ivf.getInputStream(), StandardCharsets.US_ASCII))) {
            String line = out.readLine();
            if (line == null) {
                throw new IOException("the IVF did not start");
            }
            String[] told = line.split(" ", -1);
            System.out.printf("%,d devices, %s bytes of heap each%n", DEVICES, told[1]);
            new InquiryRate(ivf, Identities.tls(directory, OPERATOR), Integer.parseInt(told[0])).run();
        } finally {
            ivf.destroy();
        }
    }

    private void run() throws Exception {
        System.out.printf("%-32s %12s %18s %22s%n", "", "answers/s", "CPU per answer", "answers per CPU second");
        measure("one device, 8 connections", 8, 1);
        measure("1,000 devices, 2 connections", 2, 1_000);
        measure("10,000 devices, 2 connections", 2, 10_000);
    }

    private void measure(String what, int connections, int batch) throws Exception {
        load(connections, batch, WARM_UP);
        long before = ticks();
        long begun = System.nanoTime();
        long answers = load(connections, batch, MEASURED);
        double seconds = (System.nanoTime() - begun) / 1e9;
        double cpu = (double) (ticks() - before) / TICKS_PER_SECOND;
        System.out.printf(
                "%-32s %,12.0f %15.1f us %,22.0f%n", what, answers / seconds, cpu / answers * 1e6, answers / cpu);
    }

    /** @return answers that said VALID */
    private long load(int connections, int batch, Duration time) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(connections);
        AtomicLong answers = new AtomicLong();
        long end = System.nanoTime() + time.toNanos();
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                int first = i * DEVICES / connections;
                running.add(threads.submit(() -> {
                    ask(first, batch, end, answers);
                    return null;
                }));
            }
            for (Future<?> one : running) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
        return answers.get();
    }

    private void ask(int first, int batch, long end, AtomicLong answers) throws IOException {
        int kinds = Math.max(1, 1_000 / batch); // not always the same ones
        List<byte[]> requests = new ArrayList<>();
        for (int i = 0; i < kinds; i++) {
            requests.add(Connection.request(PATH, inquiry(first + i * batch, batch)));
        }
        try (Connection connection = new Connection(tls, port)) {
            check(connection.exchange(requests.get(0)), batch);
            for (int i = 0; System.nanoTime() < end; i++) {
                connection.exchange(requests.get(i % kinds));
                answers.addAndGet(batch);
            }
        }
    }

    private static void check(byte[] answer, int batch) throws IOException {
        int valid = new String(answer, StandardCharsets.UTF_8).split("\"VALID\"", -1).length - 1;
        if (valid != batch) {
            throw new IOException(valid + " of " + batch + " are valid");
        }
    }

    private static String inquiry(int first, int count) {
        String state = "{\"storeGeneration\":11,\"firmware\":\""
                + Base64.getEncoder()
                        .encodeToString(
                                MeasuredComponent.firmware(BenchIvf.COMPONENTS).bytes())
                + "\"}";
        StringBuilder json =
                new StringBuilder("{\"inquiry\":{\"operator\":\"" + BenchIvf.OPERATOR + "\",\"policyId\":\""
                        + BenchIvf.POLICY + "\",\"components\":[\"agent\",\"runtime\"],\"writesMax\":64,\"devices\":[");
        for (int i = 0; i < count; i++) {
            json.append(i == 0 ? "" : ",")
                    .append("{\"device\":\"")
                    .append(BenchIvf.device((first + i) % DEVICES))
                    .append("\",\"state\":")
                    .append(state)
                    .append('}');
        }
        return json.append("]}}").toString();
    }

    /** Of the IVF's process, all of its threads. */
    private long ticks() throws IOException {
        String stat = Files.readString(Path.of("/proc/" + ivf.pid() + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]); // utime, stime
    }
}
