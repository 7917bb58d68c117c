// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre.store;

import java.io.IOException;
import java.util.Optional;

/**
 * The few things a store asks of a disk, one by one, so that a test can cut the power between any two of them. Only what
 * was forced is sure to survive a cut.
 */
public interface Disk {
    /**
     * The content of a file, or empty if there is none.
     *
     * @throws IOException if it cannot be read, or is longer than {@code sizeMax}
     */
    Optional<byte[]> read(String name, int sizeMax) throws IOException;

    /** Writes a file of its owner's alone, in place of what was there. Not durable yet, and not atomic. */
    void write(String name, byte[] content) throws IOException;

    /** Makes the content of a file durable. */
    void force(String name) throws IOException;

    /** Renames a file over another, atomically. Not durable yet. */
    void move(String from, String to) throws IOException;

    /** Makes names durable. */
    void forceDirectory() throws IOException;
}
