// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.fault;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Small disks, each the own of a role or a device, that really get full: file systems in memory. Mounting them takes a
 * process that has a mount namespace of its own, as the script {@code m2me} makes one where users may; without it there
 * are none, and nothing gets full.
 */
public final class Disks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Disks.class);
    /** A role's database and its journal have a few MiB, and twice as much while its image is written. */
    private static final String SIZE = "32m";

    private static final int PIECE = 1 << 16; // then smaller and smaller ones: the last byte is taken
    private static final String BALLAST = "ballast";

    private final boolean available;
    private final Map<String, List<Path>> mounted = new ConcurrentHashMap<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "disks");
        thread.setDaemon(true);
        return thread;
    });

    /** @param available whether this process has a mount namespace of its own */
    public Disks(boolean available) {
        this.available = available;
    }

    /** Whether there are any. */
    public boolean areThere() {
        return available;
    }

    /** Has a directory, which is empty yet, lie on a disk of its own. */
    void mount(String owner, Path directory) throws IOException {
        if (available) {
            run("mount", "-t", "tmpfs", "-o", "mode=0700,size=" + SIZE, "m2me", directory.toString());
            mounted.computeIfAbsent(owner, unused -> new CopyOnWriteArrayList<>())
                    .add(directory);
        }
    }

    /** Leaves no byte free on somebody's disks for a while. Returns when they are full. */
    public void fill(String owner, Duration howLong) {
        for (Path directory : mounted.getOrDefault(owner, List.of())) {
            Path ballast = directory.resolve(BALLAST);
            if (fill(ballast)) {
                ScheduledFuture<?> unused =
                        timer.schedule(() -> delete(ballast), howLong.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
    }

    /** @return whether it was not full already */
    private static boolean fill(Path ballast) {
        int piece = PIECE;
        try (OutputStream out = Files.newOutputStream(ballast, StandardOpenOption.CREATE_NEW)) {
            while (piece > 0) {
                piece = takes(out, piece) ? piece : piece / 2;
            }
            return true;
        } catch (IOException full) {
            LOG.debug("{}: {}", ballast, full.toString());
            return false;
        }
    }

    private static boolean takes(OutputStream out, int length) {
        try {
            out.write(new byte[length]);
            return true;
        } catch (IOException full) {
            return false;
        }
    }

    private static void delete(Path ballast) {
        try {
            Files.deleteIfExists(ballast);
        } catch (IOException gone) {
            LOG.warn("{} stays: {}", ballast, gone.toString());
        }
    }

    private static void run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + ": " + said.strip());
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new IOException(command[0] + ": interrupted", stopping);
        }
    }

    /** Takes the disks away; what was on them lies in their directories afterwards. */
    @Override
    public void close() {
        timer.shutdownNow();
        try {
            for (List<Path> directories : mounted.values()) {
                for (Path directory : directories) {
                    takeAway(directory);
                }
            }
        } catch (IOException busy) {
            throw new UncheckedIOException(busy);
        }
    }

    private static void takeAway(Path directory) throws IOException {
        delete(directory.resolve(BALLAST));
        Path kept = directory.resolveSibling(directory.getFileName() + ".kept");
        copy(directory, kept);
        run("umount", "--lazy", directory.toString());
        Files.move(kept, directory, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes unused) throws IOException {
                Files.createDirectory(to.resolve(from.relativize(directory)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes unused) throws IOException {
                Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
