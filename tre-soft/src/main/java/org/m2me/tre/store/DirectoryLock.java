// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre.store;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keeps a second opener away: two states in memory over one on disk would use a sequence number twice. */
public final class DirectoryLock implements Closeable {
    static final String NAME = "lock";

    /** Somebody who only looks holds the lock for less than a millisecond; 450 ms in all are enough for many of them. */
    static final int TRIES = 10;

    private static final long PAUSE_MILLIS = 50;

    private final FileChannel channel;

    private DirectoryLock(FileChannel channel) {
        this.channel = channel;
    }

    /** What passes between two tries. */
    @FunctionalInterface
    interface Pause {
        void pass() throws IOException;
    }

    /** @throws IOException if another process, or this one, has the directory open already */
    public static DirectoryLock take(Path directory) throws IOException {
        return take(directory, DirectoryLock::sleep);
    }

    static DirectoryLock take(Path directory, Pause pause) throws IOException {
        Set<StandardOpenOption> options = Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileChannel channel = FileChannel.open(directory.resolve(NAME), options, DirectoryDisk.OWNER_ONLY);
        boolean taken = false;
        try {
            for (int i = 0; i < TRIES && !taken; i++) {
                if (i > 0) {
                    pause.pass();
                }
                taken = lock(channel, false) != null;
            }
        } finally {
            if (!taken) {
                channel.close();
            }
        }
        if (!taken) {
            throw new IOException(directory + ": the Trusted Environment here is open already, by another process or by"
                    + " this one; close it first");
        }
        return new DirectoryLock(channel);
    }

    /** Whether another process, or this one, has the directory open. Asked in the process that has it, this ends the lock. */
    public static boolean isTaken(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory.resolve(NAME), StandardOpenOption.READ)) {
            return lock(channel, true) == null; // a shared one: what cannot be written can be looked at
        } catch (NoSuchFileException never) {
            return false;
        }
    }

    private static void sleep() throws InterruptedIOException {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("stopped while waiting for the lock of a Trusted Environment");
        }
    }

    private static @Nullable FileLock lock(FileChannel channel, boolean shared) throws IOException {
        try {
            return channel.tryLock(0, Long.MAX_VALUE, shared);
        } catch (OverlappingFileLockException here) {
            return null;
        }
    }

    /** The operating system does this too when the process ends, however it ends. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
