// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.function.LongFunction;
import org.m2me.hal.TrustException;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.ResultCode;
import org.m2me.tre.store.Disk;
import org.m2me.tre.store.SealedSlots;
import org.m2me.tre.store.Vault;

/** The state in use and the one way to change it. Its users hold its monitor over everything that must be one. */
final class Memory implements AutoCloseable {
    static final String ROOT_FILE = "root";
    private static final System.Logger LOG = System.getLogger(Memory.class.getName());

    private final Vault vault;
    private final SealedSlots slots;
    private TreState state;
    private boolean closed;

    Memory(Vault vault, SealedSlots slots, TreState state) {
        this.vault = vault;
        this.slots = slots;
        this.state = state;
    }

    /**
     * The state that is on a disk.
     *
     * @throws TrustException if none was made, or no copy of it opens
     */
    static Memory open(Disk disk, SecureRandom random) throws IOException, TrustException {
        byte[] root = disk.read(ROOT_FILE, Vault.ROOT_LENGTH)
                .filter(bytes -> bytes.length == Vault.ROOT_LENGTH)
                .orElseThrow(() -> Refusal.of(ResultCode.NOT_FOUND, "no Trusted Environment was made here"));
        Vault vault = new Vault(SecretBytes.takeFrom(root), random);
        boolean opened = false;
        try {
            // Never a pristine state in place of a lost one: that would forget sequence numbers and used nonces.
            SealedSlots.Opened store = SealedSlots.open(disk, vault)
                    .orElseThrow(() -> Refusal.of(
                            ResultCode.INTERNAL, "neither copy of the state opens: the device must be made again"));
            Memory memory = new Memory(vault, store.slots(), decode(store));
            opened = true;
            return memory;
        } finally {
            if (!opened) {
                vault.close();
            }
        }
    }

    private static TreState decode(SealedSlots.Opened store) throws TrustException {
        try (SecretBytes encoded = store.state()) {
            return TreState.decode(encoded);
        } catch (CborException foreign) {
            throw Refusal.of(ResultCode.INTERNAL, "state of another version: " + foreign.getMessage());
        }
    }

    TreState state() {
        checkUsable();
        return state;
    }

    /** What is told to anybody must be what the disk will say after a cut. */
    private void checkUsable() {
        if (closed) {
            throw new IllegalStateException("the Trusted Environment was closed");
        }
        if (slots.isInDoubt()) {
            throw new IllegalStateException("the disk did not tell whether it took the last state: open the Trusted"
                    + " Environment again, then it does");
        }
    }

    /** Whether the last change may be on the disk although it failed: nothing more can be asked of this. */
    boolean isInDoubt() {
        return slots.isInDoubt();
    }

    Vault vault() {
        return vault;
    }

    Ueid device() {
        return slots.ueid();
    }

    long generation() {
        return slots.generation();
    }

    /** The generation that the next change will have. */
    long next() {
        return slots.next();
    }

    /**
     * Replaces the state; durable when this returns, unchanged if it throws, or else in doubt. If the new one has given a
     * key up, the older copy, which still holds it, is replaced as well.
     *
     * @param change gives the new state, told the generation that it will have
     */
    void change(LongFunction<TreState> change) throws IOException {
        checkUsable();
        TreState before = state;
        TreState next = change.apply(slots.next());
        slots.save(next.encode());
        state = next;
        if (!next.hasKeysOf(before)) {
            eraseOlderCopy();
        }
    }

    private void eraseOlderCopy() {
        try {
            slots.save(state.encode());
        } catch (IOException later) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "a key that was given up stays in the older copy until the next write",
                    later);
        }
    }

    /** Replaces the state until the power goes, when the disk does not take it; the next change stores it too. */
    void keepInMind(TreState undurable) {
        state = undurable;
    }

    @Override
    public void close() {
        closed = true;
        vault.close();
    }
}
