// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;

/**
 * The slots and which of them the USIM answers for: one number, so that two can never be active.
 *
 * @param active slot in use; that of the PCID when the device is pristine
 */
record Subscriptions(List<UsimSlot> slots, int active) {
    private static final int KEY_SLOTS = 1;
    private static final int KEY_ACTIVE = 2;

    static Subscriptions pristine(UsimSlot pcid) {
        return new Subscriptions(List.of(pcid), UsimSlot.PCID);
    }

    /** The PCID's, kept for good. */
    UsimSlot pcid() {
        return slot(UsimSlot.PCID).orElseThrow(() -> new IllegalStateException("a device without PCID"));
    }

    /** What the USIM answers for. */
    UsimSlot inUse() {
        return slot(active).orElseThrow(() -> new IllegalStateException("slot " + active + " is active and empty"));
    }

    /** The active MCIM, if there is one. */
    Optional<UsimSlot> activeMcim() {
        return active == UsimSlot.PCID ? Optional.empty() : Optional.of(inUse());
    }

    /** The slot in which a MCIM can be made ready while the active one is in use. */
    int free() {
        return UsimSlot.MCIMS.stream()
                .filter(number -> number != active)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("every slot is active"));
    }

    private Optional<UsimSlot> slot(int number) {
        return slots.stream().filter(slot -> slot.number() == number).findFirst();
    }

    /** With this MCIM active, the PCID beside it, and no other. */
    Subscriptions activating(UsimSlot mcim) {
        return new Subscriptions(List.of(pcid(), mcim), mcim.number());
    }

    /** With this slot in place of the one of its number. */
    Subscriptions replacing(UsimSlot changed) {
        List<UsimSlot> replaced = new ArrayList<>();
        for (UsimSlot slot : slots) {
            replaced.add(slot.number() == changed.number() ? changed : slot);
        }
        return new Subscriptions(List.copyOf(replaced), active);
    }

    CborMap toCbor() {
        return CborMap.builder()
                .putMaps(KEY_SLOTS, slots.stream().map(UsimSlot::toCbor).toList())
                .put(KEY_ACTIVE, active)
                .build();
    }

    static Subscriptions fromCbor(CborMap map) throws CborException {
        List<UsimSlot> slots = new ArrayList<>();
        for (CborMap slot : map.maps(KEY_SLOTS, 1 + UsimSlot.MCIMS.size())) {
            slots.add(UsimSlot.fromCbor(slot));
        }
        return new Subscriptions(
                List.copyOf(slots), (int) map.integer(KEY_ACTIVE, UsimSlot.PCID, UsimSlot.MCIMS.size()));
    }
}
