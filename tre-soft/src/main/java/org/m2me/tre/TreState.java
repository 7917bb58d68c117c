// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import java.util.Optional;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.ProvisioningReport;
import org.m2me.protocol.message.ResultCode;

/**
 * Everything that the Trusted Environment remembers: one value, written whole or not at all. Secrets in it are sealed
 * once more, each for its purpose, so that it may stand on the heap.
 *
 * @param pcidNonce that the PCID's envelope answers
 * @param personality absent between the two steps of manufacture
 * @param report on the last installation, until it is acknowledged
 */
record TreState(
        DeviceKeys keys,
        Nonce pcidNonce,
        Counters counters,
        Optional<Personality> personality,
        Registrations registrations,
        Optional<ProvisioningReport> report) {
    private static final int KEY_KEYS = 1;
    private static final int KEY_PCID_NONCE = 2;
    private static final int KEY_BOOTS = 3;
    private static final int KEY_SEQUENCE = 4;
    private static final int KEY_CREDENTIALS = 5;
    private static final int KEY_SUBSCRIPTIONS = 6;
    private static final int KEY_REGISTRATIONS = 7;
    private static final int KEY_REPORT_REGISTRATION = 8;
    private static final int KEY_REPORT_CODE = 9;
    private static final int KEY_REPORT_GENERATION = 10;

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
                keys, pcidNonce, new Counters(0, 0), Optional.empty(), Registrations.none(), Optional.empty());
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
        return new TreState(keys, pcidNonce, counters, complete, registrations, report);
    }

    TreState with(Subscriptions subscriptions) {
        return with(credentials(), subscriptions);
    }

    TreState with(Registrations changed) {
        return new TreState(keys, pcidNonce, counters, personality, changed, report);
    }

    TreState owing(ProvisioningReport owed) {
        return new TreState(keys, pcidNonce, counters, personality, registrations, Optional.of(owed));
    }

    TreState owingNothing() {
        return new TreState(keys, pcidNonce, counters, personality, registrations, Optional.empty());
    }

    TreState booted() {
        return counting(new Counters(counters.boots() + 1, counters.sequence()));
    }

    TreState sequenced() {
        return counting(new Counters(counters.boots(), counters.sequence() + 1));
    }

    private TreState counting(Counters changed) {
        return new TreState(keys, pcidNonce, changed, personality, registrations, report);
    }

    byte[] encode() {
        CborMap.Builder map = CborMap.builder()
                .put(KEY_KEYS, keys.toCbor())
                .put(KEY_PCID_NONCE, pcidNonce.bytes())
                .put(KEY_BOOTS, counters.boots())
                .put(KEY_SEQUENCE, counters.sequence())
                .put(KEY_REGISTRATIONS, registrations.toCbor());
        personality.ifPresent(it -> map.put(KEY_CREDENTIALS, it.credentials().toCbor())
                .put(KEY_SUBSCRIPTIONS, it.subscriptions().toCbor()));
        report.ifPresent(
                it -> map.put(KEY_REPORT_REGISTRATION, it.registration().bytes())
                        .put(KEY_REPORT_CODE, it.code().number())
                        .put(KEY_REPORT_GENERATION, it.storeGeneration()));
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
        Optional<ProvisioningReport> report = map.has(KEY_REPORT_CODE)
                ? Optional.of(new ProvisioningReport(
                        nonce(map, KEY_REPORT_REGISTRATION),
                        ResultCode.of(map.integer(KEY_REPORT_CODE)),
                        map.integer(KEY_REPORT_GENERATION)))
                : Optional.empty();
        return new TreState(
                DeviceKeys.fromCbor(map.map(KEY_KEYS)),
                nonce(map, KEY_PCID_NONCE),
                new Counters(map.integer(KEY_BOOTS), map.integer(KEY_SEQUENCE)),
                personality,
                Registrations.fromCbor(map.map(KEY_REGISTRATIONS)),
                report);
    }

    private static Nonce nonce(CborMap map, long key) throws CborException {
        return new Nonce(Opaque.of(map.bytes(key, Nonce.LENGTH, Nonce.LENGTH)));
    }
}
