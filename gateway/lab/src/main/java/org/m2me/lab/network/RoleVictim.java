// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.m2me.lab.fault.Victim;
import org.m2me.operators.store.Backup;
import org.m2me.operators.store.Freeze;
import org.m2me.operators.store.StorageFailed;
import org.m2me.operators.wiring.RoleHost;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A role of the lab that can be harmed. It shares our process, so its death is played by what it leaves on its disk. */
final class RoleVictim implements Victim {
    private static final Logger LOG = LoggerFactory.getLogger(RoleVictim.class);
    private static final String DATABASE = ".db";
    /** Three times as long as anybody's disk is full. */
    private static final int STARTS_MAX = 15;

    private static final Duration BETWEEN_STARTS = Duration.ofSeconds(1);

    private final String name;
    private final Path directory;
    private final RoleHost host;

    RoleVictim(String name, Path directory, RoleHost host) {
        this.name = name;
        this.directory = directory;
        this.host = host;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public synchronized void kill() {
        try {
            for (Path database : databases()) {
                Path image = image(database);
                Files.deleteIfExists(image);
                Backup.write(database, image);
            }
            host.stop(name); // what it still writes while it ends is what a dead process does not write
            for (Path database : databases()) {
                for (String side : List.of("-wal", "-shm", "-journal")) {
                    Files.deleteIfExists(Path.of(database + side));
                }
                Files.move(image(database), database, StandardCopyOption.REPLACE_EXISTING);
            }
            startAgain();
        } catch (StorageFailed full) {
            LOG.warn("{} cannot be killed, for nobody could say what it leaves: {}", name, full.toString());
        } catch (IOException failed) {
            throw new UncheckedIOException(name + " could not be killed cleanly", failed);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    /** As a service manager does: until it works. A disk that is full gets room again. */
    private void startAgain() throws IOException, InterruptedException {
        for (int starts = 1; ; starts++) {
            try {
                host.startAgain(name);
                return;
            } catch (StorageFailed full) {
                LOG.warn("{} does not start: {}", name, full.toString());
                if (starts == STARTS_MAX) {
                    throw full;
                }
                TimeUnit.MILLISECONDS.sleep(BETWEEN_STARTS.toMillis());
            }
        }
    }

    private static Path image(Path database) {
        return Path.of(database + ".image");
    }

    private List<Path> databases() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(DATABASE)).toList();
        }
    }

    @Override
    public void refuseWrites(Duration howLong) {
        try {
            for (Path database : databases()) {
                Freeze freeze = Freeze.of(database);
                CompletableFuture.delayedExecutor(howLong.toMillis(), TimeUnit.MILLISECONDS)
                        .execute(freeze::close);
            }
        } catch (IOException | StorageFailed busy) {
            LOG.warn("{} cannot be frozen: {}", name, busy.toString());
        }
    }
}
