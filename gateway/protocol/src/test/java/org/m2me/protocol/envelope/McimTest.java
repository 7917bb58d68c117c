// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.envelope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.m2me.protocol.aka.AkaAlgorithm;
import org.m2me.protocol.aka.AkaConstants;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.SqnArray;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Opaque;

final class McimTest {
    private final SecureRandom random = new SecureRandom();

    @Test
    void keepsEverythingThroughItsEncoding() throws CborException {
        try (Mcim mcim = TestMcim.milenage(random);
                SecretBytes cbor = mcim.encode();
                Mcim decoded = Mcim.decode(cbor)) {
            assertThat(decoded.device()).isEqualTo(mcim.device());
            assertThat(decoded.operator()).isEqualTo(mcim.operator());
            assertThat(decoded.registration()).isEqualTo(mcim.registration());
            assertThat(decoded.serial()).isEqualTo(mcim.serial());
            assertThat(decoded.imsi()).isEqualTo(mcim.imsi());
            assertThat(decoded.iccid()).isEqualTo(mcim.iccid());
            assertThat(decoded.sqn()).isEqualTo(SqnArray.fresh(SqnParameters.DEFAULT));
            assertThat(decoded.apn()).isEqualTo(TestMcim.APN);
            assertThat(decoded.ownerToken()).isEqualTo(mcim.ownerToken());
            assertThat(decoded.key().algorithm()).isEqualTo(AkaAlgorithm.MILENAGE);
            assertThat(TestMcim.same(decoded, mcim)).isTrue();
        }
    }

    @Test
    void carriesTheEndOfAPcidsLifetimeAndNothingOfItOtherwise() throws CborException {
        Instant end = Instant.parse("2027-11-22T11:00:00.5Z");
        try (Mcim mcim = TestMcim.milenage(random);
                SecretBytes without = mcim.encode();
                SecretBytes with = mcim.expiring(end).encode();
                Mcim expiring = Mcim.decode(with);
                Mcim endless = Mcim.decode(without)) {
            assertThat(expiring.expires()).contains(Instant.parse("2027-11-22T11:00:00Z"));
            assertThat(endless.expires()).isEmpty();
            assertThat(with.length()).isEqualTo(without.length() + 6);
        }
    }

    @Test
    void carriesTuakKeysAndOtherSqnParametersToo() throws CborException {
        AkaKey key = new AkaKey(AkaAlgorithm.TUAK, SecretBytes.random(32, random), SecretBytes.random(32, random));
        SqnParameters parameters = new SqnParameters(0, 1L << 40, 100);
        try (Mcim mcim = TestMcim.with(key, SqnArray.fresh(parameters), random);
                SecretBytes cbor = mcim.encode();
                Mcim decoded = Mcim.decode(cbor)) {
            assertThat(decoded.sqn().parameters()).isEqualTo(parameters);
            assertThat(TestMcim.same(decoded, mcim)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"26242000000001", "262420000000017"})
    void carriesImsisOfBothLengths(String digits) throws CborException {
        try (Mcim mcim = withImsi(new Imsi(digits));
                SecretBytes cbor = mcim.encode();
                Mcim decoded = Mcim.decode(cbor)) {
            assertThat(decoded.imsi().digits()).isEqualTo(digits);
        }
    }

    @Test
    void isSmall() {
        try (Mcim mcim = TestMcim.milenage(random);
                SecretBytes cbor = mcim.encode()) {
            assertThat(cbor.length()).isLessThanOrEqualTo(180);
        }
    }

    @Test
    void refusesWhatNoOperatorCouldMean() {
        try (Mcim mcim = TestMcim.milenage(random)) {
            assertThatThrownBy(() -> changed(mcim, -1, "8949420000000000178", "apn", 16))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> changed(mcim, 1, "894942000000000017", "apn", 16))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> changed(mcim, 1, "8949420000000000178", "", 16))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> changed(mcim, 1, "8949420000000000178", "a".repeat(64), 16))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> changed(mcim, 1, "8949420000000000178", "apn", 15))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void carriesConstantsAndWhereSequenceNumbersBegin() throws CborException {
        byte[] c = new byte[80];
        for (int i = 0; i < 5; i++) {
            c[16 * i] = (byte) (i + 1);
        }
        AkaKey key = new AkaKey(
                AkaAlgorithm.MILENAGE,
                SecretBytes.random(16, random),
                SecretBytes.random(16, random),
                AkaConstants.milenage(new byte[] {1, 2, 3, 4, 127}, c));
        long[] same = new long[32];
        Arrays.fill(same, 77);
        long[] different = same.clone();
        different[31] = 78;
        for (long[] begin : List.of(same, different)) {
            SqnArray sqn = SqnArray.of(SqnParameters.DEFAULT, begin);
            try (Mcim mcim = TestMcim.with(key.copy(), sqn, random);
                    SecretBytes cbor = mcim.encode();
                    Mcim decoded = Mcim.decode(cbor)) {
                assertThat(decoded.sqn()).isEqualTo(sqn);
                assertThat(decoded.key().constants()).isEqualTo(key.constants());
                assertThat(TestMcim.same(decoded, mcim)).isTrue();
            }
        }
        key.close();
    }

    @Test
    void refusesABeginningOfSequenceNumbersThatHasAnotherForm() {
        assertRefused(14, builder -> builder.putIntegers(14, Collections.nCopies(32, 7L)));
        assertRefused(14, builder -> builder.putIntegers(14, List.of(0L)));
        assertRefused(14, builder -> builder.putIntegers(14, List.of(1L, 2L)));
        assertRefused(14, builder -> builder.putIntegers(14, List.of()));
        assertRefused(14, builder -> builder.putIntegers(14, List.of(1L << 43)));
    }

    @Test
    void refusesAnUnknownAlgorithmOrAKeyOfAnotherLength() {
        assertRefused(10, new byte[32]); // Milenage takes 16
        assertRefused(11, new byte[15]);
        assertRefused(9, 4);
        assertRefused(13, 0); // constants are bytes
        assertRefused(13, new byte[85]); // of Milenage, no two alike
        assertRefused(14, 0);
        assertRefused(16, 0); // a key that does not exist
        assertRefused(15, -1); // an end before 1970
        assertRefused(5, new byte[] {(byte) 0xff, 0, 0, 0, 0, 0, 0});
        assertRefused(3, new byte[3 + 1]);
        assertRefused(12, 7); // not three integers
    }

    @Test
    void failsInOneWayOnlyWhateverTheBytes() {
        Random mutations = new Random(3);
        try (Mcim mcim = TestMcim.milenage(random);
                SecretBytes cbor = mcim.encode()) {
            for (int i = 0; i < 20_000; i++) {
                byte[] mutant = cbor.use(byte[]::clone);
                mutant[mutations.nextInt(mutant.length)] = (byte) mutations.nextInt();
                byte[] cut = i % 5 == 0 ? Arrays.copyOf(mutant, mutations.nextInt(mutant.length)) : mutant;
                try (SecretBytes secret = SecretBytes.takeFrom(cut);
                        Mcim decoded = Mcim.decode(secret);
                        SecretBytes again = decoded.encode()) {
                    assertThat(again.length()).isPositive();
                } catch (CborException refused) {
                    assertThat(refused.getMessage()).isNotEmpty();
                }
            }
        }
    }

    @Test
    void wipesItsKeyOnClose() {
        Mcim mcim = TestMcim.milenage(random);
        mcim.close();

        assertThatThrownBy(mcim::encode).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void saysNothingOfKeysOrImsi() {
        try (Mcim mcim = TestMcim.milenage(random)) {
            assertThat(mcim).hasToString("Mcim[262-42 for 01a4b3c2d1e0f90817263544536271809f, serial 1700000]");
        }
    }

    private Mcim withImsi(Imsi imsi) {
        Mcim base = TestMcim.milenage(random);
        return new Mcim(
                base.device(),
                base.operator(),
                base.registration(),
                base.serial(),
                imsi,
                base.iccid() + "0",
                base.key(),
                base.sqn(),
                base.apn(),
                base.ownerToken());
    }

    private static Mcim changed(Mcim base, long serial, String iccid, String apn, int tokenLength) {
        return new Mcim(
                base.device(),
                base.operator(),
                base.registration(),
                serial,
                base.imsi(),
                iccid,
                base.key(),
                base.sqn(),
                apn,
                Opaque.of(new byte[tokenLength]));
    }

    private void assertRefused(long key, byte[] value) {
        assertRefused(key, builder -> builder.put(key, value));
    }

    private void assertRefused(long key, long value) {
        assertRefused(key, builder -> builder.put(key, value));
    }

    /** Puts a value in place of what an encoded MCIM has at this key. */
    private void assertRefused(long key, UnaryOperator<CborMap.Builder> change) {
        try (Mcim mcim = TestMcim.milenage(random);
                SecretBytes cbor = mcim.encode()) {
            CborMap map = CborMap.decode(cbor.use(byte[]::clone));
            CborMap.Builder builder = CborMap.builder();
            for (long kept : map.keys()) {
                if (kept != key) {
                    builder.put(kept, map.value(kept));
                }
            }
            try (SecretBytes changed =
                    SecretBytes.takeFrom(change.apply(builder).build().encode())) {
                assertThatThrownBy(() -> Mcim.decode(changed)).isInstanceOf(CborException.class);
            }
        } catch (CborException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
