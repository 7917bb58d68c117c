// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import java.util.List;
import java.util.Optional;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.OrderAnswer;
import org.m2me.protocol.message.ProvisioningReport;
import org.m2me.protocol.message.ResultCode;

/**
 * Everything that the Trusted Environment remembers: one value, written whole or not at all. Secrets in it are sealed
 * once more, each for its purpose, so that it may stand on the heap.
 *
 * @param pcidNonce that the PCID's envelope answers
 * @param personality absent between the two steps of manufacture
 * @param orders of the device's owner
 * @param debts what others have to be told
 */
record TreState(
        DeviceKeys keys,
        Nonce pcidNonce,
        Counters counters,
        Optional<Personality> personality,
        Registrations registrations,
        Orders orders,
        Debts debts) {
    private static final int KEY_KEYS = 1;
    private static final int KEY_PCID_NONCE = 2;
    private static final int KEY_BOOTS = 3;
    private static final int KEY_SEQUENCE = 4;
    private static final int KEY_CREDENTIALS = 5;
    private static final int KEY_SUBSCRIPTIONS = 6;
    private static final int KEY_REGISTRATIONS = 7;
    private static final int KEY_ORDERS = 8;
    private static final int KEY_DEBTS = 9;

    /**
     * What counts up since manufacture.
     *
     * @param boots starts of the Trusted Environment
     * @param sequence last number of telemetry that was given out
     */
    record Counters(long boots, long sequence) {}

    /** What makes these keys a device: certificates, anchors, and a PCID at least. */
    record Personality(Credentials credentials, Subscriptions subscriptions) {}

    /** After the first step of manufacture. */
    static TreState made(DeviceKeys keys, Nonce pcidNonce) {
        return new TreState(
                keys,
                pcidNonce,
                new Counters(0, 0),
                Optional.empty(),
                Registrations.none(),
                Orders.none(),
                Debts.none());
    }

    private Personality present() {
        return personality.orElseThrow(() -> new IllegalStateException("not personalised"));
    }

    Credentials credentials() {
        return present().credentials();
    }

    Subscriptions subscriptions() {
        return present().subscriptions();
    }

    TreState with(Credentials credentials, Subscriptions subscriptions) {
        Optional<Personality> complete = Optional.of(new Personality(credentials, subscriptions));
        return new TreState(keys, pcidNonce, counters, complete, registrations, orders, debts);
    }

    TreState with(Subscriptions subscriptions) {
        return with(credentials(), subscriptions);
    }

    TreState with(Registrations changed) {
        return new TreState(keys, pcidNonce, counters, personality, changed, orders, debts);
    }

    TreState with(Orders changed) {
        return new TreState(keys, pcidNonce, counters, personality, registrations, changed, debts);
    }

    TreState with(Debts changed) {
        return new TreState(keys, pcidNonce, counters, personality, registrations, orders, changed);
    }

    TreState owing(ProvisioningReport owed) {
        return with(debts.owing(owed));
    }

    /** With no change under way, and the owner to be told how the one that was has ended. */
    TreState ending(ResultCode code) {
        return orders.current()
                .map(it -> with(orders.ended()).with(debts.owing(new OrderAnswer(it.id(), code, true))))
                .orElse(this);
    }

    /** Whether no key of a subscription that is in the other state is missing here. */
    boolean hasKeysOf(TreState other) {
        return keysOfSlots().containsAll(other.keysOfSlots());
    }

    private List<SealedAkaKey> keysOfSlots() {
        return personality.stream()
                .flatMap(it -> it.subscriptions().slots().stream())
                .map(UsimSlot::key)
                .toList();
    }

    TreState booted() {
        return counting(new Counters(counters.boots() + 1, counters.sequence()));
    }

    TreState sequenced() {
        return counting(new Counters(counters.boots(), counters.sequence() + 1));
    }

    private TreState counting(Counters changed) {
        return new TreState(keys, pcidNonce, changed, personality, registrations, orders, debts);
    }

    byte[] encode() {
        CborMap.Builder map = CborMap.builder()
                .put(KEY_KEYS, keys.toCbor())
                .put(KEY_PCID_NONCE, pcidNonce.bytes())
                .put(KEY_BOOTS, counters.boots())
                .put(KEY_SEQUENCE, counters.sequence())
                .put(KEY_REGISTRATIONS, registrations.toCbor())
                .put(KEY_ORDERS, orders.toCbor())
                .put(KEY_DEBTS, debts.toCbor());
        personality.ifPresent(it -> map.put(KEY_CREDENTIALS, it.credentials().toCbor())
                .put(KEY_SUBSCRIPTIONS, it.subscriptions().toCbor()));
        return map.build().encode();
    }

    /** @throws CborException if this version of the software did not write it */
    static TreState decode(SecretBytes encoded) throws CborException {
        Opaque bytes = encoded.use(Opaque::of);
        try {
            return fromCbor(CborMap.decode(bytes.bytes()));
        } catch (IllegalArgumentException outOfRange) {
            throw new CborException("state: " + outOfRange.getMessage());
        }
    }

    private static TreState fromCbor(CborMap map) throws CborException {
        Optional<Personality> personality = map.has(KEY_CREDENTIALS)
                ? Optional.of(new Personality(
                        Credentials.fromCbor(map.map(KEY_CREDENTIALS)),
                        Subscriptions.fromCbor(map.map(KEY_SUBSCRIPTIONS))))
                : Optional.empty();
        return new TreState(
                DeviceKeys.fromCbor(map.map(KEY_KEYS)),
                nonce(map, KEY_PCID_NONCE),
                new Counters(map.integer(KEY_BOOTS), map.integer(KEY_SEQUENCE)),
                personality,
                Registrations.fromCbor(map.map(KEY_REGISTRATIONS)),
                Orders.fromCbor(map.map(KEY_ORDERS)),
                Debts.fromCbor(map.map(KEY_DEBTS)));
    }

    private static Nonce nonce(CborMap map, long key) throws CborException {
        return new Nonce(Opaque.of(map.bytes(key, Nonce.LENGTH, Nonce.LENGTH)));
    }
}
