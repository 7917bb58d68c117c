// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Where a command of the lab writes, and how a signal ends it: the way it would end by itself. */
final class Workplace implements AutoCloseable {
    /** A hundred agents and a dozen roles end within it. */
    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);

    private final Path directory;
    private boolean removed;
    private final CountDownLatch ended = new CountDownLatch(1);

    private Workplace(Path directory, boolean removed) {
        this.directory = directory;
        this.removed = removed;
    }

    /**
     * Makes the directory; from now on a signal interrupts the calling thread and waits until this is closed.
     *
     * @param chosen does not exist yet, and stays; absent for one that is removed
     * @throws IllegalArgumentException if the chosen one exists
     */
    static Workplace at(Optional<Path> chosen) throws IOException {
        Workplace place = chosen.isEmpty()
                ? new Workplace(Files.createTempDirectory("m2me-lab"), true)
                : new Workplace(fresh(chosen.get().toAbsolutePath()), false);
        place.stopOnSignal(Thread.currentThread());
        return place;
    }

    private static Path fresh(Path chosen) throws IOException {
        if (Files.exists(chosen)) {
            throw new IllegalArgumentException("--dir: " + chosen + " exists; name one that does not");
        }
        return Files.createDirectories(chosen);
    }

    Path directory() {
        return directory;
    }

    /** Somebody will want to look at it. */
    void keep() {
        removed = false;
    }

    private void stopOnSignal(Thread working) {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            working.interrupt();
                            try {
                                if (!ended.await(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                                    System.err.println("m2me: not everything could be stopped in "
                                            + STOP_LIMIT.toSeconds() + " s");
                                }
                            } catch (InterruptedException hurried) {
                                Thread.currentThread().interrupt();
                            }
                        },
                        "stop"));
    }

    @Override
    public void close() {
        try (Stream<Path> files = removed ? Files.walk(directory) : Stream.empty()) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException busy) {
            throw new UncheckedIOException(directory + " could not be removed", busy);
        } finally {
            ended.countDown();
        }
    }
}
