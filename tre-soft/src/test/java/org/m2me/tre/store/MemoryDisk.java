// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre.store;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A disk with a cache that forgets: what was not forced may be gone, or half gone, when the power comes back. Counts its
 * operations, and stops in one of them when told to.
 */
public final class MemoryDisk implements Disk {
    /** What a cut leaves of what was not forced. */
    public enum Cut {
        /** Everything had reached the disk by chance. */
        ALL_KEPT,
        /** Names had, contents had not. */
        CONTENT_EMPTY,
        /** Names had, contents to one half. */
        CONTENT_TORN,
        /** Neither had. */
        ALL_LOST
    }

    /** The power went. Nothing catches it, as nothing runs after. */
    public static final class PowerCut extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static final class Content {
        private final byte[] written;
        private boolean forced;

        private Content(byte[] written) {
            this.written = written;
        }
    }

    private final Map<String, Content> names = new HashMap<>();
    private final Map<String, Content> forcedNames = new HashMap<>();
    private int operations;
    private int cutAfter = Integer.MAX_VALUE;
    private int failAfter = Integer.MAX_VALUE;

    /** Operations so far that change the disk. */
    public int operations() {
        return operations;
    }

    /** From now on, that many operations succeed, and the next one is cut in its middle. */
    public void cutAfter(int more) {
        cutAfter = operations + more;
    }

    /** From now on, that many operations succeed, and all others fail as a full or broken disk does. */
    public void failAfter(int more) {
        failAfter = operations + more;
    }

    /** The disk works again. */
    public void repair() {
        failAfter = Integer.MAX_VALUE;
    }

    /** What is found on this disk after a cut. */
    public MemoryDisk afterwards(Cut cut) {
        MemoryDisk found = new MemoryDisk();
        (cut == Cut.ALL_LOST ? forcedNames : names).forEach((name, content) -> {
            Content kept = new Content(content.forced ? content.written : left(content.written, cut));
            kept.forced = true;
            found.names.put(name, kept);
            found.forcedNames.put(name, kept);
        });
        return found;
    }

    private static byte[] left(byte[] written, Cut cut) {
        return switch (cut) {
            case ALL_KEPT -> written;
            case CONTENT_TORN -> Arrays.copyOf(written, written.length / 2);
            case CONTENT_EMPTY, ALL_LOST -> new byte[0];
        };
    }

    /** Puts bytes in a file behind the store's back. */
    public void tamper(String name, byte[] content) {
        Content forged = new Content(content.clone());
        forged.forced = true;
        names.put(name, forged);
        forcedNames.put(name, forged);
    }

    /** What is in a file now. */
    public byte[] content(String name) {
        return read(name, Integer.MAX_VALUE).orElseThrow();
    }

    /** The copy of the state that was written last. */
    public String newest() {
        return Stream.of("state.a", "state.b")
                .filter(names::containsKey)
                .max((one, other) -> Arrays.compareUnsigned(content(one), content(other)))
                .orElseThrow(); // magic is equal, then comes the generation, big-endian
    }

    @Override
    public Optional<byte[]> read(String name, int sizeMax) {
        return Optional.ofNullable(names.get(name)).map(content -> content.written.clone());
    }

    @Override
    public void write(String name, byte[] content) throws IOException {
        if (operations == cutAfter) {
            names.put(name, new Content(Arrays.copyOf(content, content.length / 3)));
        }
        count("write");
        names.put(name, new Content(content.clone()));
    }

    @Override
    public void force(String name) throws IOException {
        count("force");
        existing(name).forced = true;
    }

    @Override
    public void move(String from, String to) throws IOException {
        count("move");
        names.put(to, existing(from));
        names.remove(from);
    }

    @Override
    public void forceDirectory() throws IOException {
        count("force directory");
        forcedNames.clear();
        forcedNames.putAll(names);
    }

    private Content existing(String name) throws IOException {
        return Optional.ofNullable(names.get(name)).orElseThrow(() -> new NoSuchFileException(name));
    }

    private void count(String operation) throws IOException {
        if (operations >= cutAfter) {
            throw new PowerCut();
        }
        if (operations >= failAfter) {
            throw new IOException(operation + ": no space left on device");
        }
        operations++;
    }
}
