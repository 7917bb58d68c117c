// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;

/**
 * One state in two copies, A and B. A write goes aside, is forced, is moved over the older copy, and the directory is
 * forced: until the move the old state holds, from then on the new one. The copy with the highest generation that opens
 * is the state. When the move or what follows it fails, nobody knows which of the two a cut would leave: then nothing
 * goes on here, and opening the store again tells. Not thread-safe.
 *
 * <p>A copy is a magic word, generation (8 bytes) and UEID (17) in clear, then the state sealed for these.
 */
public final class SealedSlots {
    /** Largest copy in bytes: four pages of flash; the parts of the state are bounded so that it always fits. */
    public static final int SIZE_MAX = 16_384;

    private static final List<String> NAMES = List.of("state.a", "state.b");
    private static final String ASIDE = ".new";
    private static final int MAGIC = 0x4D325432; // "M2T2": the last digit is the version of this format
    private static final int HEADER_LENGTH = Integer.BYTES + Long.BYTES + Ueid.LENGTH;

    private final Disk disk;
    private final Vault vault;
    private final Ueid ueid;
    private int current; // index of the copy that holds the state in use
    private long generation; // of the state in use
    private long attempted; // highest generation that a write was begun with, so that no two states share one
    private boolean inDoubt;

    private SealedSlots(Disk disk, Vault vault, Copy copy) {
        this.disk = disk;
        this.vault = vault;
        this.ueid = copy.ueid;
        this.current = copy.index;
        this.generation = copy.generation;
        this.attempted = copy.generation;
    }

    private record Copy(int index, long generation, Ueid ueid, SecretBytes state) {}

    /**
     * A store and what was in it.
     *
     * @param state to be closed by the caller
     */
    public record Opened(SealedSlots slots, SecretBytes state) {}

    /** An empty store for a new device: nothing is on disk until the first save. */
    public static SealedSlots create(Disk disk, Vault vault, Ueid ueid) {
        try (SecretBytes nothing = SecretBytes.takeFrom(new byte[0])) {
            return new SealedSlots(disk, vault, new Copy(NAMES.size() - 1, 0, ueid, nothing));
        }
    }

    /** The newest copy that opens, or empty if none does. */
    public static Optional<Opened> open(Disk disk, Vault vault) {
        Optional<Copy> first = read(disk, vault, 0);
        Optional<Copy> second = read(disk, vault, 1);
        if (first.isPresent() && second.isPresent()) {
            boolean firstIsNewer = first.get().generation > second.get().generation;
            (firstIsNewer ? second : first).get().state.close();
            return opened(disk, vault, firstIsNewer ? first : second);
        }
        return opened(disk, vault, first.or(() -> second));
    }

    private static Optional<Opened> opened(Disk disk, Vault vault, Optional<Copy> copy) {
        return copy.map(found -> new Opened(new SealedSlots(disk, vault, found), found.state));
    }

    private static Optional<Copy> read(Disk disk, Vault vault, int index) {
        try {
            Optional<byte[]> content = disk.read(NAMES.get(index), SIZE_MAX);
            return content.isPresent() ? Optional.of(parse(content.get(), vault, index)) : Optional.empty();
        } catch (IOException | ForgedException | IllegalArgumentException bad) {
            return Optional.empty(); // torn, forged or unreadable: the other copy decides
        }
    }

    private static Copy parse(byte[] content, Vault vault, int index) throws ForgedException {
        if (content.length <= HEADER_LENGTH) {
            throw new ForgedException("copy of the state: " + content.length + " bytes are too few");
        }
        ByteBuffer header = ByteBuffer.wrap(content);
        int magic = header.getInt();
        long generation = header.getLong();
        byte[] ueid = new byte[Ueid.LENGTH];
        header.get(ueid);
        if (magic != MAGIC || generation < 1) {
            throw new ForgedException("copy of the state: not of this format");
        }
        Ueid device = new Ueid(Opaque.of(ueid));
        Opaque sealed = Opaque.of(Arrays.copyOfRange(content, HEADER_LENGTH, content.length));
        return new Copy(index, generation, device, vault.open(purpose(generation, device), sealed));
    }

    private static byte[] purpose(long generation, Ueid ueid) {
        byte[] number = ByteBuffer.allocate(Long.BYTES).putLong(generation).array();
        return Vault.purpose("state 2", number, ueid.value().bytes());
    }

    /** Whose state it is. */
    public Ueid ueid() {
        return ueid;
    }

    /** Generation of the state in use. */
    public long generation() {
        return generation;
    }

    /** The generation that the next save will have. */
    public long next() {
        return attempted + 1;
    }

    /** Whether a save failed when the new state may have been on the disk already: then this is of no use any more. */
    public boolean isInDoubt() {
        return inDoubt;
    }

    /**
     * Replaces the state; durable when this returns. If it throws, the state in use is the old one still, unless this is
     * in doubt from then on.
     *
     * @throws IllegalStateException if it is in doubt since an earlier save
     */
    public void save(byte[] state) throws IOException {
        if (inDoubt) {
            throw new IllegalStateException("the disk did not tell whether it took the last state");
        }
        long number = next();
        byte[] sealed = vault.seal(purpose(number, ueid), state).bytes();
        int length = HEADER_LENGTH + sealed.length;
        if (length > SIZE_MAX) {
            throw new IOException("state: " + length + " bytes, at most " + SIZE_MAX + " are stored");
        }
        byte[] copy = ByteBuffer.allocate(length)
                .putInt(MAGIC)
                .putLong(number)
                .put(ueid.value().bytes())
                .put(sealed)
                .array();
        attempted = number;
        int older = 1 - current;
        String name = NAMES.get(older);
        disk.write(name + ASIDE, copy);
        disk.force(name + ASIDE);
        inDoubt = true;
        disk.move(name + ASIDE, name);
        disk.forceDirectory();
        inDoubt = false;
        current = older;
        generation = number;
    }
}
