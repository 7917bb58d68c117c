// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.message.OrderAnswer;
import org.m2me.protocol.message.ProvisioningReport;
import org.m2me.protocol.message.ResultCode;

/**
 * What the device owes others until they have it.
 *
 * @param report on the last installation
 * @param answer to the owner's last order
 * @param releases to operators whose subscription was discarded, oldest first
 */
record Debts(Optional<ProvisioningReport> report, Optional<OrderAnswer> answer, List<Discarded> releases) {
    /** A device has few operators in its life; one that is gone may be owed a release for weeks. */
    static final int RELEASES_MAX = 4;

    private static final int KEY_REGISTRATION = 1;
    private static final int KEY_CODE = 2;
    private static final int KEY_GENERATION = 3;
    private static final int KEY_ID = 4;
    private static final int KEY_ANSWER = 5;
    private static final int KEY_ENDED = 6;
    private static final int KEY_RELEASES = 7;

    /**
     * A subscription that is gone.
     *
     * @param registration that brought it
     * @param generation of the state without it
     * @param change registration of the change whose new operator waits for the acknowledgement, if one does
     */
    record Discarded(Nonce registration, Plmn operator, long generation, Optional<Nonce> change) {
        private static final int KEY_OPERATOR = 2;
        private static final int KEY_CHANGE = 4;
        private static final int PLMN_MAX = 7;

        CborMap toCbor() {
            CborMap.Builder map = CborMap.builder()
                    .put(KEY_REGISTRATION, registration.bytes())
                    .put(KEY_OPERATOR, operator.toString())
                    .put(KEY_GENERATION, generation);
            change.ifPresent(it -> map.put(KEY_CHANGE, it.bytes()));
            return map.build();
        }

        static Discarded fromCbor(CborMap map) throws CborException {
            return new Discarded(
                    nonce(map, KEY_REGISTRATION),
                    Plmn.parse(map.text(KEY_OPERATOR, PLMN_MAX)),
                    map.integer(KEY_GENERATION, 0, Long.MAX_VALUE),
                    map.has(KEY_CHANGE) ? Optional.of(nonce(map, KEY_CHANGE)) : Optional.empty());
        }
    }

    static Debts none() {
        return new Debts(Optional.empty(), Optional.empty(), List.of());
    }

    Debts owing(ProvisioningReport owed) {
        return new Debts(Optional.of(owed), answer, releases);
    }

    Debts withoutReport() {
        return new Debts(Optional.empty(), answer, releases);
    }

    Debts owing(OrderAnswer owed) {
        return new Debts(report, Optional.of(owed), releases);
    }

    Debts withoutAnswer() {
        return new Debts(report, Optional.empty(), releases);
    }

    /** With one more; the oldest goes if there are too many. */
    Debts owing(Discarded discarded) {
        List<Discarded> longer = new ArrayList<>(releases);
        longer.add(discarded);
        return new Debts(
                report, answer, List.copyOf(longer.subList(Math.max(0, longer.size() - RELEASES_MAX), longer.size())));
    }

    Debts without(Discarded paid) {
        return new Debts(
                report, answer, releases.stream().filter(it -> !it.equals(paid)).toList());
    }

    CborMap toCbor() {
        CborMap.Builder map = CborMap.builder();
        report.ifPresent(it -> map.put(KEY_REGISTRATION, it.registration().bytes())
                .put(KEY_CODE, it.code().number())
                .put(KEY_GENERATION, it.storeGeneration()));
        answer.ifPresent(it -> map.put(KEY_ID, it.id().bytes())
                .put(KEY_ANSWER, it.code().number())
                .put(KEY_ENDED, it.ended()));
        if (!releases.isEmpty()) {
            map.putMaps(KEY_RELEASES, releases.stream().map(Discarded::toCbor).toList());
        }
        return map.build();
    }

    static Debts fromCbor(CborMap map) throws CborException {
        Optional<ProvisioningReport> report = map.has(KEY_CODE)
                ? Optional.of(new ProvisioningReport(
                        nonce(map, KEY_REGISTRATION),
                        ResultCode.of(map.integer(KEY_CODE)),
                        map.integer(KEY_GENERATION)))
                : Optional.empty();
        Optional<OrderAnswer> answer = map.has(KEY_ANSWER)
                ? Optional.of(new OrderAnswer(
                        nonce(map, KEY_ID), ResultCode.of(map.integer(KEY_ANSWER)), map.bool(KEY_ENDED)))
                : Optional.empty();
        List<Discarded> releases = new ArrayList<>();
        if (map.has(KEY_RELEASES)) {
            for (CborMap release : map.maps(KEY_RELEASES, RELEASES_MAX)) {
                releases.add(Discarded.fromCbor(release));
            }
        }
        return new Debts(report, answer, List.copyOf(releases));
    }

    private static Nonce nonce(CborMap map, long key) throws CborException {
        return new Nonce(Opaque.of(map.bytes(key, Nonce.LENGTH, Nonce.LENGTH)));
    }
}
