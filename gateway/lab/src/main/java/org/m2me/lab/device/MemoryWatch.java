// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Samples the memory of processes while they run: proportional set size, so that pages they share count once. */
public final class MemoryWatch implements AutoCloseable {
    /** Often enough to see a start-up peak, seldom enough to cost nothing. */
    private static final long PERIOD_MS = 500;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "memory-watch");
        thread.setDaemon(true);
        return thread;
    });
    private final Supplier<Collection<Long>> processes;
    private final ScheduledFuture<?> sampling;
    private volatile long peakKiB;

    /** @param processes their ids, asked anew for each sample */
    public MemoryWatch(Supplier<Collection<Long>> processes) {
        this.processes = processes;
        this.sampling = timer.scheduleAtFixedRate(this::sample, 0, PERIOD_MS, TimeUnit.MILLISECONDS);
    }

    /** The largest sum seen, KiB; 0 where the system does not tell. */
    public long peakKiB() {
        return peakKiB;
    }

    private void sample() {
        long sum = 0;
        for (long process : processes.get()) {
            sum += proportionalKiB(process);
        }
        peakKiB = Math.max(peakKiB, sum);
    }

    private static long proportionalKiB(long process) {
        try {
            List<String> lines = Files.readAllLines(Path.of("/proc", Long.toString(process), "smaps_rollup"));
            return lines.stream()
                    .filter(line -> line.startsWith("Pss:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")))
                    .sum();
        } catch (IOException ended) {
            return 0; // the process ended between being listed and being read
        }
    }

    @Override
    public void close() {
        sampling.cancel(false);
        timer.shutdownNow();
    }
}
