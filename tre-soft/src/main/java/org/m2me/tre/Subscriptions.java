// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.identity.Plmn;

/**
 * The slots and which of them the USIM answers for: one number, so that two can never be active.
 *
 * @param active slot in use; that of the PCID when the device is pristine
 * @param staged slot of a MCIM that waits for its change to be done; that of the PCID when none waits
 * @param fallenBack whether the active one is in use because another one did not work, and has not authenticated since
 */
record Subscriptions(List<UsimSlot> slots, int active, int staged, boolean fallenBack) {
    private static final int KEY_SLOTS = 1;
    private static final int KEY_ACTIVE = 2;
    private static final int KEY_STAGED = 3;
    private static final int KEY_FALLEN_BACK = 4;
    private static final int KEPT_MAX = UsimSlot.MCIMS.size() - 2; // beside the active one and one that is staged

    static Subscriptions pristine(UsimSlot pcid) {
        return new Subscriptions(List.of(pcid), UsimSlot.PCID, UsimSlot.PCID, false);
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

    /** The MCIM that waits for its change to be done. */
    Optional<UsimSlot> stagedMcim() {
        return staged == UsimSlot.PCID ? Optional.empty() : slot(staged);
    }

    /** MCIMs that are neither active nor staged, the one that came last at the end. */
    List<UsimSlot> kept() {
        return slots.stream()
                .filter(it -> it.number() != UsimSlot.PCID && it.number() != active && it.number() != staged)
                .toList();
    }

    /** What an order to switch to this operator makes active. */
    Optional<UsimSlot> toSwitchTo(Plmn operator) {
        return kept().stream()
                .filter(it -> it.isOf(operator))
                .findFirst()
                .or(() -> activeMcim().filter(it -> it.isOf(operator)));
    }

    /** Whether one more MCIM, of this operator, can stay on board beside the active one. */
    boolean hasRoomFor(Plmn operator) {
        return activeMcim().isEmpty()
                || kept().stream().filter(it -> !it.isOf(operator)).count() < KEPT_MAX;
    }

    /** A slot in which a MCIM can be made ready. */
    int free() {
        return UsimSlot.MCIMS.stream()
                .filter(number -> slot(number).isEmpty())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("every slot is taken"));
    }

    private Optional<UsimSlot> slot(int number) {
        return slots.stream().filter(slot -> slot.number() == number).findFirst();
    }

    /** With this MCIM beside what is in use. */
    Subscriptions staging(UsimSlot mcim) {
        List<UsimSlot> more = new ArrayList<>(slots);
        more.add(mcim);
        return new Subscriptions(List.copyOf(more), active, mcim.number(), fallenBack);
    }

    /** Without the staged MCIM. */
    Subscriptions unstaging() {
        return staged == UsimSlot.PCID ? this : new Subscriptions(without(staged), active, UsimSlot.PCID, fallenBack);
    }

    /** Without the active MCIM: the PCID is in use. */
    Subscriptions discarding() {
        return active == UsimSlot.PCID ? this : new Subscriptions(without(active), UsimSlot.PCID, staged, false);
    }

    /** With the staged MCIM active. */
    Subscriptions activatingStaged() {
        return new Subscriptions(slots, staged, UsimSlot.PCID, false).settled(staged);
    }

    /** With the staged MCIM beside the active one; active if there is none. */
    Subscriptions keepingStaged() {
        return active == UsimSlot.PCID
                ? activatingStaged()
                : new Subscriptions(slots, active, UsimSlot.PCID, fallenBack).settled(staged);
    }

    /** With another of the slots active, which has to authenticate anew. */
    Subscriptions switchingTo(UsimSlot other) {
        return other.number() == active ? this : replacing(other.unconfirmed()).inUse(other.number(), false);
    }

    /** Without what does not work, unless it ever did, and with what is left in use instead. */
    Subscriptions fallingBack() {
        UsimSlot failed = inUse();
        List<UsimSlot> others = fallenBack ? List.of() : kept();
        Subscriptions rest = failed.proven()
                ? replacing(failed.unconfirmed())
                : new Subscriptions(without(failed.number()), UsimSlot.PCID, staged, false);
        return others.isEmpty()
                ? rest.inUse(UsimSlot.PCID, false)
                : rest.replacing(others.get(0).unconfirmed())
                        .inUse(others.get(0).number(), true);
    }

    private Subscriptions inUse(int number, boolean afterAFall) {
        return new Subscriptions(slots, number, staged, afterAFall);
    }

    /** With what authenticated marked so. */
    Subscriptions confirming() {
        return replacing(inUse().confirm()).inUse(active, false);
    }

    // A newer MCIM of one operator takes the place of the older. Only the way back to the PCID leaves more than can
    // stay;
    // their operators were told then that they do not work.
    private Subscriptions settled(int newest) {
        Plmn operator = slot(newest).orElseThrow().identity().operator();
        List<Integer> kept = kept().stream()
                .filter(it -> it.number() == newest || !it.isOf(operator))
                .map(UsimSlot::number)
                .toList();
        List<Integer> last = kept.subList(Math.max(0, kept.size() - KEPT_MAX), kept.size());
        return new Subscriptions(
                slots.stream()
                        .filter(it -> it.number() == UsimSlot.PCID
                                || it.number() == active
                                || it.number() == staged
                                || last.contains(it.number()))
                        .toList(),
                active,
                staged,
                fallenBack);
    }

    private List<UsimSlot> without(int number) {
        return slots.stream().filter(it -> it.number() != number).toList();
    }

    /** With this slot in place of the one of its number. */
    Subscriptions replacing(UsimSlot changed) {
        List<UsimSlot> replaced = new ArrayList<>();
        for (UsimSlot slot : slots) {
            replaced.add(slot.number() == changed.number() ? changed : slot);
        }
        return new Subscriptions(List.copyOf(replaced), active, staged, fallenBack);
    }

    CborMap toCbor() {
        return CborMap.builder()
                .putMaps(KEY_SLOTS, slots.stream().map(UsimSlot::toCbor).toList())
                .put(KEY_ACTIVE, active)
                .put(KEY_STAGED, staged)
                .put(KEY_FALLEN_BACK, fallenBack)
                .build();
    }

    static Subscriptions fromCbor(CborMap map) throws CborException {
        List<UsimSlot> slots = new ArrayList<>();
        for (CborMap slot : map.maps(KEY_SLOTS, 1 + UsimSlot.MCIMS.size())) {
            slots.add(UsimSlot.fromCbor(slot));
        }
        return new Subscriptions(
                List.copyOf(slots), number(map, KEY_ACTIVE), number(map, KEY_STAGED), map.bool(KEY_FALLEN_BACK));
    }

    private static int number(CborMap map, long key) throws CborException {
        return (int) map.integer(key, UsimSlot.PCID, UsimSlot.MCIMS.size());
    }
}
