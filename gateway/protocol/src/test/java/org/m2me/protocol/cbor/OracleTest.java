// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.cbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import com.upokecenter.cbor.CBOREncodeOptions;
import com.upokecenter.cbor.CBORException;
import com.upokecenter.cbor.CBORObject;
import com.upokecenter.cbor.CBORType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.m2me.protocol.Golden;
import org.m2me.protocol.Mutations;
import org.m2me.protocol.cose.CoseSign1;
import org.m2me.protocol.crypto.ForgedException;

/**
 * Compares the codec with com.upokecenter:cbor, which was written by others from the same standard. Its mode
 * {@code ctap2canonical} demands the same form of each item, but is not quite the same language. Five differences are
 * allowed, each only where its cause is really there:
 *
 * <ul>
 *   <li>it takes floats, null and other simple values; here nothing needs them.
 *   <li>it takes integers beyond 63 bits; here a {@code long} holds every number.
 *   <li>it takes keys of any kind; here they are numbers or text.
 *   <li>it refuses all tags; here COSE and CoRIM need them. What is tagged is then compared in its ordinary mode, by
 *       encoding again.
 *   <li>it refuses more than four levels; here sixteen are allowed. Compared in the same way.
 * </ul>
 */
class OracleTest {
    private static final long SEED = 20261122;
    private static final int MUTANTS = 60_000;

    /** Levels that CTAP2 allows (CTAP 2.1, section 8). */
    private static final int CTAP2_DEPTH_MAX = 4;

    private static final CBOREncodeOptions CTAP2 = new CBOREncodeOptions("ctap2canonical=true");

    private enum Outcome {
        BOTH_ACCEPT,
        BOTH_REFUSE,
        REFUSED_HERE_FOR_SIMPLE_VALUE,
        REFUSED_HERE_FOR_LARGE_NUMBER,
        REFUSED_HERE_FOR_KIND_OF_KEY,
        REFUSED_THERE_FOR_TAG,
        REFUSED_THERE_FOR_DEPTH
    }

    @Test
    void agreesWithAnIndependentDecoderOnDamagedMessages() throws Exception {
        Mutations mutations = new Mutations(SEED, originals());
        Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
        for (int i = 0; i < MUTANTS; i++) {
            byte[] mutant = mutations.next();
            counts.merge(compare(mutant), 1, Integer::sum);
        }
        // Neither side may look good by refusing everything, and each difference that is allowed above was met.
        assertThat(counts.get(Outcome.BOTH_ACCEPT)).isGreaterThan(MUTANTS / 50);
        assertThat(counts.get(Outcome.BOTH_REFUSE)).isGreaterThan(MUTANTS / 4);
        assertThat(counts).as("outcomes").containsOnlyKeys(Outcome.values());
    }

    @Test
    void agreesWithAnIndependentDecoderOnWholeMessages() throws Exception {
        for (byte[] original : originals()) {
            assertThat(compare(original))
                    .isIn(Outcome.BOTH_ACCEPT, Outcome.REFUSED_THERE_FOR_TAG, Outcome.REFUSED_THERE_FOR_DEPTH);
        }
    }

    /** The golden messages, what is signed in them, and every kind of item. */
    private static List<byte[]> originals() throws ForgedException {
        List<byte[]> originals = new ArrayList<>();
        for (Golden golden : Golden.values()) {
            byte[] bytes = golden.bytes();
            originals.add(bytes);
            if ((bytes[0] & 0xff) == 0xd2) {
                originals.add(CoseSign1.parse(bytes).unverifiedPayload());
            }
        }
        originals.add(HexFormat.of()
                .parseHex("a70018ff011a000100000263e6b0b4038301020304f5206161416201".replace("416201", "626263f4")));
        originals.add(HexFormat.of().parseHex("8401a1616101818181418081a0"));
        return originals;
    }

    private static Outcome compare(byte[] bytes) {
        Optional<CborValue> ours = ours(bytes);
        Optional<CBORObject> theirs = theirs(bytes, CTAP2);
        if (ours.isPresent() != theirs.isPresent()) {
            return ours.isPresent() ? refusedThere(ours.get(), bytes) : refusedHere(theirs.get(), bytes);
        }
        if (ours.isEmpty()) {
            return Outcome.BOTH_REFUSE;
        }
        assertThat(theirs.get().EncodeToBytes(CTAP2)).isEqualTo(bytes);
        return Outcome.BOTH_ACCEPT;
    }

    private static Optional<CborValue> ours(byte[] bytes) {
        try {
            CborValue value = CborValue.decode(bytes);
            assertThat(value.encode()).as("encoded again").isEqualTo(bytes);
            return Optional.of(value);
        } catch (CborException refused) {
            return Optional.empty();
        }
    }

    private static Optional<CBORObject> theirs(byte[] bytes, CBOREncodeOptions options) {
        try {
            return Optional.of(CBORObject.DecodeFromBytes(bytes, options));
        } catch (CBORException refused) {
            return Optional.empty();
        }
    }

    private static Outcome refusedHere(CBORObject theirs, byte[] bytes) {
        for (Outcome cause : List.of(
                Outcome.REFUSED_HERE_FOR_SIMPLE_VALUE,
                Outcome.REFUSED_HERE_FOR_LARGE_NUMBER,
                Outcome.REFUSED_HERE_FOR_KIND_OF_KEY)) {
            if (contains(theirs, cause)) {
                return cause;
            }
        }
        return fail("refused here only: " + HexFormat.of().formatHex(bytes));
    }

    private static boolean contains(CBORObject item, Outcome cause) {
        if (item.getType() == CBORType.Array) {
            return item.getValues().stream().anyMatch(part -> contains(part, cause));
        } else if (item.getType() == CBORType.Map) {
            return item.getKeys().stream().anyMatch(key -> isBadKey(key, cause) || contains(key, cause))
                    || item.getValues().stream().anyMatch(part -> contains(part, cause));
        }
        return switch (cause) {
            case REFUSED_HERE_FOR_SIMPLE_VALUE ->
                item.getType() == CBORType.SimpleValue || item.getType() == CBORType.FloatingPoint;
            case REFUSED_HERE_FOR_LARGE_NUMBER ->
                item.getType() == CBORType.Integer && !item.AsNumber().CanFitInInt64();
            default -> false;
        };
    }

    private static boolean isBadKey(CBORObject key, Outcome cause) {
        return cause == Outcome.REFUSED_HERE_FOR_KIND_OF_KEY
                && key.getType() != CBORType.Integer
                && key.getType() != CBORType.TextString;
    }

    private static Outcome refusedThere(CborValue ours, byte[] bytes) {
        boolean tagged = hasTag(ours);
        if (!tagged && depth(ours) <= CTAP2_DEPTH_MAX) {
            return fail("accepted here only: " + HexFormat.of().formatHex(bytes));
        }
        Optional<CBORObject> theirs = theirs(bytes, CBOREncodeOptions.Default);
        // Of tags that it knows it also checks what is below: a date in words, a fraction. That is the reader's here.
        boolean knowsTag = tagged && Arrays.equals(bytes, ours.encode()) && hasKnownTag(ours);
        if (!knowsTag) {
            assertThat(theirs).as(HexFormat.of().formatHex(bytes)).isPresent();
            assertThat(theirs.orElseThrow().EncodeToBytes()).isEqualTo(bytes);
        }
        return tagged ? Outcome.REFUSED_THERE_FOR_TAG : Outcome.REFUSED_THERE_FOR_DEPTH;
    }

    private static boolean hasTag(CborValue value) {
        return parts(value).stream().anyMatch(OracleTest::hasTag) || value.content() instanceof CborValue.Tagged;
    }

    /** Numbers, dates, addresses, shared and indexed values, UUIDs: tags whose content the library looks into. */
    private static boolean hasKnownTag(CborValue value) {
        boolean known = value.content() instanceof CborValue.Tagged tagged
                && (tagged.tag() <= 5 || (tagged.tag() >= 25 && tagged.tag() <= 37) || tagged.tag() >= 256);
        return known || parts(value).stream().anyMatch(OracleTest::hasKnownTag);
    }

    private static int depth(CborValue value) {
        int below = parts(value).stream().mapToInt(OracleTest::depth).max().orElse(0);
        return value.content() instanceof List || value.content() instanceof CborMap ? below + 1 : below;
    }

    private static List<CborValue> parts(CborValue value) {
        Object content = value.content();
        if (content instanceof List<?> items) {
            return items.stream().map(CborValue.class::cast).toList();
        } else if (content instanceof CborMap map) {
            return List.copyOf(map.entries().values());
        }
        return content instanceof CborValue.Tagged tagged ? List.of(tagged.content()) : List.of();
    }
}
