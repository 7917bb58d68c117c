// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre.store;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Ueid;

class SealedSlotsTest {
    private static final Ueid DEVICE = Ueid.hex("01000102030405060708090a0b0c0d0e0f");
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int OPERATIONS_OF_A_WRITE = 4;

    private final byte[] root = new byte[Vault.ROOT_LENGTH];
    private final Vault vault = vault(0);
    private final MemoryDisk disk = new MemoryDisk();

    private Vault vault(int seed) {
        root[0] = (byte) seed;
        return new Vault(SecretBytes.copyOf(root), RANDOM);
    }

    private static byte[] bytes(String state) {
        return state.getBytes(US_ASCII);
    }

    private SealedSlots slotsWith(String... states) throws IOException {
        SealedSlots slots = SealedSlots.create(disk, vault, DEVICE);
        for (String state : states) {
            slots.save(bytes(state));
        }
        return slots;
    }

    private Optional<String> found(Disk on) {
        return SealedSlots.open(on, vault).map(opened -> {
            try (SecretBytes state = opened.state()) {
                return state.use(raw -> new String(raw, US_ASCII));
            }
        });
    }

    @Test
    void findsTheNewestState() throws IOException {
        slotsWith("one", "two", "three");
        assertThat(found(disk)).contains("three");
        assertThat(SealedSlots.open(disk, vault).orElseThrow().slots().generation())
                .isEqualTo(3);
    }

    @Test
    void fallsBackWhenTheNewestCopyIsCutShortAtAnyByte() throws IOException {
        slotsWith("one", "two");
        String newest = disk.newest();
        byte[] whole = disk.content(newest);
        for (int length = 0; length < whole.length; length++) {
            disk.tamper(newest, Arrays.copyOf(whole, length));
            assertThat(found(disk)).as("cut to %d bytes", length).contains("one");
        }
    }

    @Test
    void fallsBackWhenAnyBitOfTheNewestCopyIsForged() throws IOException {
        slotsWith("one", "two");
        String newest = disk.newest();
        byte[] whole = disk.content(newest);
        for (int bit = 0; bit < whole.length * 8; bit++) {
            byte[] forged = whole.clone();
            forged[bit / 8] ^= (byte) (1 << bit % 8);
            disk.tamper(newest, forged);
            assertThat(found(disk)).as("bit %d flipped", bit).contains("one");
        }
    }

    @Test
    void refusesAnOldCopyThatWasGivenANewerNumber() throws IOException {
        slotsWith("one", "two");
        byte[] old = disk.content("state.a");
        old[11] = 9; // last byte of the generation, after the magic word
        disk.tamper("state.a", old);
        assertThat(found(disk)).contains("two");
    }

    @Test
    void prefersTheNewerCopyWhenAnOldOneWasPutBack() throws IOException {
        SealedSlots slots = slotsWith("one");
        byte[] old = disk.content("state.a");
        slots.save(bytes("two"));
        slots.save(bytes("three"));
        disk.tamper("state.b", old);
        assertThat(found(disk)).contains("three");
    }

    @Test
    void opensNothingWhenBothCopiesAreBad() throws IOException {
        slotsWith("one", "two");
        disk.tamper("state.a", new byte[0]);
        disk.tamper("state.b", bytes("M2T1 and then nothing that opens, however long it is made to be"));
        assertThat(found(disk)).isEmpty();
    }

    @Test
    void opensNothingUnderAnotherRoot() throws IOException {
        slotsWith("one", "two");
        assertThat(SealedSlots.open(disk, vault(1))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void holdsTheOldOrTheNewStateWhereverAWriteIsCut(MemoryDisk.Cut cut) throws IOException {
        for (int operations = 0; operations < OPERATIONS_OF_A_WRITE; operations++) {
            MemoryDisk fresh = new MemoryDisk();
            SealedSlots slots = SealedSlots.create(fresh, vault, DEVICE);
            slots.save(bytes("one"));
            slots.save(bytes("two"));
            fresh.cutAfter(operations);
            assertThatThrownBy(() -> slots.save(bytes("three"))).isInstanceOf(MemoryDisk.PowerCut.class);
            assertThat(found(fresh.afterwards(cut)))
                    .as("cut after %d operations", operations)
                    .hasValueSatisfying(state -> assertThat(state).isIn("two", "three"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void isDurableOnceAWriteHasReturned(MemoryDisk.Cut cut) throws IOException {
        slotsWith("one", "two", "three");
        assertThat(disk.operations()).isEqualTo(3 * OPERATIONS_OF_A_WRITE);
        assertThat(found(disk.afterwards(cut))).contains("three");
    }

    @Test
    void keepsTheOldStateWhenTheDiskIsFull() throws IOException {
        SealedSlots slots = slotsWith("one", "two");
        disk.failAfter(0);
        assertThatThrownBy(() -> slots.save(bytes("three"))).isInstanceOf(IOException.class);
        assertThat(slots.generation()).isEqualTo(2);
        assertThat(found(disk)).contains("two");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void goesOnAfterAWriteThatFailedBeforeTheMove(int operations) throws IOException {
        SealedSlots slots = slotsWith("one", "two");
        disk.failAfter(operations);
        assertThatThrownBy(() -> slots.save(bytes("half done"))).isInstanceOf(IOException.class);
        disk.repair();
        assertThat(slots.isInDoubt()).isFalse();
        slots.save(bytes("three"));
        assertThat(slots.generation()).isEqualTo(4);
        assertThat(found(disk)).contains("three");
        disk.tamper(disk.newest(), new byte[0]);
        assertThat(found(disk)).contains("two");
    }

    @ParameterizedTest
    @CsvSource({"2, two", "3, half done"})
    void goesOnOnlyOnceItIsOpenedAgainAfterAWriteThatMayHaveBeenTaken(int operations, String left) throws IOException {
        SealedSlots slots = slotsWith("one", "two");
        disk.failAfter(operations);
        assertThatThrownBy(() -> slots.save(bytes("half done"))).isInstanceOf(IOException.class);
        disk.repair();
        assertThat(slots.isInDoubt()).isTrue();
        int before = disk.operations();
        assertThatThrownBy(() -> slots.save(bytes("three"))).isInstanceOf(IllegalStateException.class);
        assertThat(disk.operations()).isEqualTo(before);
        assertThat(found(disk)).contains(left);
        SealedSlots.open(disk, vault).orElseThrow().slots().save(bytes("three"));
        assertThat(found(disk.afterwards(MemoryDisk.Cut.ALL_LOST))).contains("three");
    }

    @Test
    void refusesAStateThatIsTooLargeAndKeepsTheOldOne() throws IOException {
        SealedSlots slots = slotsWith("one");
        assertThatThrownBy(() -> slots.save(new byte[SealedSlots.SIZE_MAX]))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(String.valueOf(SealedSlots.SIZE_MAX));
        assertThat(found(disk)).contains("one");
    }
}
