// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryLockTest {
    @TempDir
    private Path directory;

    /** Another process: holds the lock until its input ends. */
    static final class Holder {
        private Holder() {}

        /** @param args the directory */
        @SuppressWarnings("try") // held, not used
        public static void main(String[] args) throws IOException {
            try (DirectoryLock lock = DirectoryLock.take(Path.of(args[0]))) {
                System.out.write('L');
                System.out.flush();
                System.in.readAllBytes();
            }
        }
    }

    @Test
    void keepsASecondOpenerOfTheSameProcessAwayUntilClosed() throws IOException {
        DirectoryLock first = DirectoryLock.take(directory);
        assertThatThrownBy(() -> DirectoryLock.take(directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("open already");
        first.close();
        DirectoryLock.take(directory).close();
    }

    @Test
    void isTakenAsSoonAsSomebodyWhoOnlyLookedHasGone() throws IOException {
        FileChannel looks = look();
        AtomicInteger pauses = new AtomicInteger();

        DirectoryLock lock = DirectoryLock.take(directory, () -> {
            if (pauses.incrementAndGet() == 3) {
                looks.close();
            }
        });

        lock.close();
        assertThat(pauses).hasValue(3);
    }

    @Test
    void isRefusedWhenSomebodyHasItAtEachTry() throws IOException {
        FileChannel looks = look();
        AtomicInteger pauses = new AtomicInteger();

        assertThatThrownBy(() -> DirectoryLock.take(directory, pauses::incrementAndGet))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("open already, by another process or by this one");

        looks.close();
        assertThat(pauses).hasValue(DirectoryLock.TRIES - 1);
    }

    /** Holds the lock until closed, as {@link DirectoryLock#isTaken} does for a moment. */
    private FileChannel look() throws IOException {
        Path file = Files.createFile(directory.resolve(DirectoryLock.NAME));
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        FileLock shared = channel.tryLock(0, Long.MAX_VALUE, true);
        assertThat(shared.isShared()).isTrue();
        return channel;
    }

    @Test
    void isNotTakenWhereNothingWasEverMadeAndLeavesNothingThereByLooking() throws IOException {
        assertThat(DirectoryLock.isTaken(directory)).isFalse();
        assertThat(directory).isEmptyDirectory();
        assertThat(DirectoryLock.isTaken(directory.resolve("none"))).isFalse();
    }

    /** Root may write it all the same, and takes the same way. */
    @Test
    void isLookedAtWhereNothingCanBeWritten() throws IOException {
        DirectoryLock.take(directory).close();
        Files.setPosixFilePermissions(
                directory.resolve(DirectoryLock.NAME), PosixFilePermissions.fromString("r--------"));

        assertThat(DirectoryLock.isTaken(directory)).isFalse();
    }

    @Test
    void keepsAnotherProcessAwayUntilTheFirstEnds() throws IOException, InterruptedException {
        Process holder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            assertThat(holder.getInputStream().read()).isEqualTo('L');
            assertThatThrownBy(() -> DirectoryLock.take(directory)).hasMessageContaining("open already");
            assertThat(DirectoryLock.isTaken(directory)).isTrue();
        } finally {
            holder.destroyForcibly(); // as a crash does
            assertThat(holder.waitFor()).isNotZero();
        }
        assertThat(DirectoryLock.isTaken(directory)).isFalse();
        DirectoryLock.take(directory).close();
    }
}
