// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.SqnArray;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.Hashes;
import org.m2me.protocol.envelope.Mcim;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.tre.store.Vault;

/**
 * One subscription on board: the PCID's in slot 0, a MCIM's in slot 1 to 3.
 *
 * @param envelope SHA-256 of the envelope that it came in, to know it again
 * @param registration that it answered
 * @param confirmed whether it has authenticated since it became the active one
 * @param proven whether it has ever authenticated
 */
record UsimSlot(
        int number,
        Identity identity,
        SealedAkaKey key,
        SqnArray sqns,
        Opaque envelope,
        Nonce registration,
        boolean confirmed,
        boolean proven) {
    /** Where the PCID is. */
    static final int PCID = 0;
    /** MCIMs: the one in use, one that is kept, and room to write a new one beside them. */
    static final List<Integer> MCIMS = List.of(1, 2, 3);
    /** 32 places, as TS 33.102 C.3 has them; more would not fit the state. */
    static final int IND_BITS_MAX = 5;

    private static final int KEY_NUMBER = 1;
    private static final int KEY_IDENTITY = 2;
    private static final int KEY_KEY = 3;
    private static final int KEY_IND_BITS = 4;
    private static final int KEY_DELTA = 5;
    private static final int KEY_AGE_LIMIT = 6;
    private static final int KEY_SEQ = 7;
    private static final int KEY_ENVELOPE = 8;
    private static final int KEY_REGISTRATION = 9;
    private static final int KEY_CONFIRMED = 10;
    private static final int KEY_PROVEN = 11;
    private static final int DIGEST_LENGTH = 32;

    /**
     * What is not secret of a subscription.
     *
     * @param iccid 19 or 20 digits
     * @param apn at most 63 characters
     * @param expires end of a PCID's lifetime, if its supplier said it
     */
    record Identity(Imsi imsi, String iccid, Plmn operator, String apn, Optional<Instant> expires) {
        private static final int KEY_IMSI = 1;
        private static final int KEY_ICCID = 2;
        private static final int KEY_OPERATOR = 3;
        private static final int KEY_APN = 4;
        private static final int KEY_EXPIRES = 5;
        private static final int TEXT_MAX = 63; // the longest of these: an APN

        CborMap toCbor() {
            CborMap.Builder map = CborMap.builder()
                    .put(KEY_IMSI, imsi.digits())
                    .put(KEY_ICCID, iccid)
                    .put(KEY_OPERATOR, operator.toString())
                    .put(KEY_APN, apn);
            expires.ifPresent(end -> map.put(KEY_EXPIRES, end.getEpochSecond()));
            return map.build();
        }

        static Identity fromCbor(CborMap map) throws CborException {
            return new Identity(
                    new Imsi(map.text(KEY_IMSI, TEXT_MAX)),
                    map.text(KEY_ICCID, TEXT_MAX),
                    Plmn.parse(map.text(KEY_OPERATOR, TEXT_MAX)),
                    map.text(KEY_APN, TEXT_MAX),
                    map.has(KEY_EXPIRES)
                            ? Optional.of(Instant.ofEpochSecond(map.integer(KEY_EXPIRES)))
                            : Optional.empty());
        }
    }

    /** Seals what an envelope brought for one slot; nothing is stored yet. */
    static UsimSlot of(Mcim mcim, byte[] envelope, int number, Vault vault) {
        return new UsimSlot(
                number,
                new Identity(mcim.imsi(), mcim.iccid(), mcim.operator(), mcim.apn(), mcim.expires()),
                SealedAkaKey.seal(mcim.key(), number, mcim.operator(), vault),
                mcim.sqn(),
                Opaque.of(Hashes.sha256(envelope)),
                mcim.registration(),
                false,
                false);
    }

    /** K and OPc, for one use; close them after that. */
    AkaKey openKey(Vault vault) {
        try {
            return key.open(number, identity.operator(), vault);
        } catch (ForgedException impossible) {
            throw new IllegalStateException("slot " + number + " of a state that opened does not open", impossible);
        }
    }

    boolean cameIn(byte[] someEnvelope) {
        return envelope.equals(Opaque.of(Hashes.sha256(someEnvelope)));
    }

    UsimSlot with(SqnArray accepted) {
        return new UsimSlot(number, identity, key, accepted, envelope, registration, confirmed, proven);
    }

    UsimSlot confirm() {
        return new UsimSlot(number, identity, key, sqns, envelope, registration, true, true);
    }

    /** That has to authenticate anew before it is trusted to work. */
    UsimSlot unconfirmed() {
        return new UsimSlot(number, identity, key, sqns, envelope, registration, false, proven);
    }

    boolean isOf(Plmn operator) {
        return identity.operator().equals(operator);
    }

    CborMap toCbor() {
        SqnParameters parameters = sqns.parameters();
        List<Long> seq = new ArrayList<>();
        for (long value : sqns.values()) {
            seq.add(value);
        }
        return CborMap.builder()
                .put(KEY_NUMBER, number)
                .put(KEY_IDENTITY, identity.toCbor())
                .put(KEY_KEY, key.toCbor())
                .put(KEY_IND_BITS, parameters.indBits())
                .put(KEY_DELTA, parameters.delta())
                .put(KEY_AGE_LIMIT, parameters.ageLimit())
                .putIntegers(KEY_SEQ, seq)
                .put(KEY_ENVELOPE, envelope.bytes())
                .put(KEY_REGISTRATION, registration.bytes())
                .put(KEY_CONFIRMED, confirmed)
                .put(KEY_PROVEN, proven)
                .build();
    }

    static UsimSlot fromCbor(CborMap map) throws CborException {
        SqnParameters parameters = new SqnParameters(
                (int) map.integer(KEY_IND_BITS, 0, IND_BITS_MAX), map.integer(KEY_DELTA), map.integer(KEY_AGE_LIMIT));
        long[] seq = map.integers(KEY_SEQ, 1 << IND_BITS_MAX).stream()
                .mapToLong(Long::longValue)
                .toArray();
        return new UsimSlot(
                (int) map.integer(KEY_NUMBER, PCID, MCIMS.size()),
                Identity.fromCbor(map.map(KEY_IDENTITY)),
                SealedAkaKey.fromCbor(map.map(KEY_KEY)),
                SqnArray.of(parameters, seq),
                Opaque.of(map.bytes(KEY_ENVELOPE, DIGEST_LENGTH, DIGEST_LENGTH)),
                new Nonce(Opaque.of(map.bytes(KEY_REGISTRATION, Nonce.LENGTH, Nonce.LENGTH))),
                map.bool(KEY_CONFIRMED),
                map.bool(KEY_PROVEN));
    }
}
