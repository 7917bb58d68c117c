// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keeps a second opener away: two states in memory over one on disk would use a sequence number twice. */
public final class DirectoryLock implements Closeable {
    static final String NAME = "lock";

    private final FileChannel channel;

    private DirectoryLock(FileChannel channel) {
        this.channel = channel;
    }

    /** @throws IOException if another process, or this one, has the directory open already */
    public static DirectoryLock take(Path directory) throws IOException {
        Set<StandardOpenOption> options = Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileChannel channel = FileChannel.open(directory.resolve(NAME), options, DirectoryDisk.OWNER_ONLY);
        boolean taken = false;
        try {
            taken = lock(channel) != null;
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

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
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
