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

/**
 * The open registration, and what keeps an old MCIM out: nonces that have served, and for each operator the highest
 * serial number it has used.
 *
 * @param used the latest ones, oldest first
 * @param serials those of the latest operators, oldest first
 */
record Registrations(Optional<Open> open, List<Nonce> used, List<Serial> serials) {
    /** A device registers once in years; a nonce older than these is refused all the same, for it is not the open one. */
    static final int USED_MAX = 16;
    /** A device has few operators in its life. */
    static final int SERIALS_MAX = 8;

    private static final int KEY_NONCE = 1;
    private static final int KEY_OPERATOR = 2;
    private static final int KEY_CERTIFICATE = 3;
    private static final int KEY_USED = 4;
    private static final int KEY_SERIALS = 5;
    private static final int KEY_SERIAL = 6;
    private static final int PLMN_MAX = 7;

    /** The registration that a MCIM may answer. */
    record Open(Nonce nonce, Optional<Binding> binding) {}

    /**
     * The only operator that may answer it.
     *
     * @param certificate its certificate, DER; it was traced to an anchor
     */
    record Binding(Plmn operator, Opaque certificate) {}

    /** The highest serial number of one operator's MCIMs. */
    record Serial(Plmn operator, long highest) {}

    static Registrations none() {
        return new Registrations(Optional.empty(), List.of(), List.of());
    }

    Registrations opening(Nonce nonce) {
        return new Registrations(Optional.of(new Open(nonce, Optional.empty())), used, serials);
    }

    Registrations binding(Binding binding) {
        return new Registrations(open.map(it -> new Open(it.nonce(), Optional.of(binding))), used, serials);
    }

    /** Without an open one; its nonce has served. */
    Registrations closing() {
        return open.map(it -> new Registrations(Optional.empty(), appended(used, it.nonce(), USED_MAX), serials))
                .orElse(this);
    }

    /** With this serial number as the operator's highest. */
    Registrations counting(Plmn operator, long serial) {
        List<Serial> others =
                serials.stream().filter(it -> !it.operator().equals(operator)).toList();
        return new Registrations(open, used, appended(others, new Serial(operator, serial), SERIALS_MAX));
    }

    /** Whether a registration of this nonce was opened before and is over. */
    boolean hasServed(Nonce nonce) {
        return used.contains(nonce);
    }

    /** Whether this operator has used this serial number, or a higher one, before. */
    boolean isOld(Plmn operator, long serial) {
        return serials.stream().anyMatch(it -> it.operator().equals(operator) && it.highest() >= serial);
    }

    private static <T> List<T> appended(List<T> list, T last, int countMax) {
        List<T> longer = new ArrayList<>(list);
        longer.add(last);
        return List.copyOf(longer.subList(Math.max(0, longer.size() - countMax), longer.size()));
    }

    CborMap toCbor() {
        CborMap.Builder map = CborMap.builder()
                .putByteStrings(KEY_USED, used.stream().map(Nonce::bytes).toList())
                .putMaps(
                        KEY_SERIALS, serials.stream().map(Registrations::toCbor).toList());
        open.ifPresent(it -> map.put(KEY_NONCE, it.nonce().bytes()));
        open.flatMap(Open::binding)
                .ifPresent(it -> map.put(KEY_OPERATOR, it.operator().toString())
                        .put(KEY_CERTIFICATE, it.certificate().bytes()));
        return map.build();
    }

    private static CborMap toCbor(Serial serial) {
        return CborMap.builder()
                .put(KEY_OPERATOR, serial.operator().toString())
                .put(KEY_SERIAL, serial.highest())
                .build();
    }

    static Registrations fromCbor(CborMap map) throws CborException {
        List<Nonce> used = Credentials.opaque(map.byteStrings(KEY_USED, USED_MAX)).stream()
                .map(Nonce::new)
                .toList();
        List<Serial> serials = new ArrayList<>();
        for (CborMap serial : map.maps(KEY_SERIALS, SERIALS_MAX)) {
            serials.add(new Serial(operator(serial), serial.integer(KEY_SERIAL)));
        }
        return new Registrations(openFromCbor(map), used, List.copyOf(serials));
    }

    private static Optional<Open> openFromCbor(CborMap map) throws CborException {
        if (!map.has(KEY_NONCE)) {
            return Optional.empty();
        }
        Nonce nonce = new Nonce(Opaque.of(map.bytes(KEY_NONCE, Nonce.LENGTH, Nonce.LENGTH)));
        if (!map.has(KEY_OPERATOR)) {
            return Optional.of(new Open(nonce, Optional.empty()));
        }
        Opaque certificate = Opaque.of(map.bytes(KEY_CERTIFICATE, 1, Credentials.CERTIFICATE_MAX));
        return Optional.of(new Open(nonce, Optional.of(new Binding(operator(map), certificate))));
    }

    private static Plmn operator(CborMap map) throws CborException {
        return Plmn.parse(map.text(KEY_OPERATOR, PLMN_MAX));
    }
}
