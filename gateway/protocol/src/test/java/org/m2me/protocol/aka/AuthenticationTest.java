// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.aka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.m2me.protocol.crypto.SecretBytes;

/** Both ends of an authentication, as TS 33.102 6.3 wants them to meet. */
final class AuthenticationTest {
    private static final int AMF = 0x8000;
    private static final SqnParameters USUAL = SqnParameters.DEFAULT;

    private final SecureRandom random = new SecureRandom();
    private final AkaKey key =
            new AkaKey(AkaAlgorithm.MILENAGE, SecretBytes.random(16, random), SecretBytes.random(16, random));
    private final AkaFunctions functions = key.functions();

    @AfterEach
    void closeKey() {
        key.close();
    }

    @ParameterizedTest
    @EnumSource(AkaAlgorithm.class)
    void bothEndsAgreeOnResAndKeys(AkaAlgorithm algorithm) {
        try (AkaKey shared = new AkaKey(
                        algorithm, SecretBytes.random(16, random), SecretBytes.random(algorithm.opcLength(), random));
                AuthenticationVector vector = Quintets.generate(shared.functions(), 64, AMF, random)) {
            UsimAuthentication.Answer answer =
                    UsimAuthentication.answer(shared.functions(), SqnArray.fresh(USUAL), vector.rand(), vector.autn());

            UsimAuthentication.Answer.Success success = (UsimAuthentication.Answer.Success) answer;
            assertThat(vector.xres().sameAs(success.secrets().res())).isTrue();
            assertThat(vector.ck().sameAs(success.secrets().ck())).isTrue();
            assertThat(vector.ik().sameAs(success.secrets().ik())).isTrue();
            assertThat(success.accepted().isFresh(64)).isFalse();
        }
    }

    @Test
    void refusesAnAutnThatWasUsedBeforeAndResynchronises() {
        try (AuthenticationVector used = Quintets.generate(functions, 96, AMF, random)) {
            SqnArray after = SqnArray.fresh(USUAL).accepting(96);

            UsimAuthentication.Answer.SynchronisationFailure failure =
                    (UsimAuthentication.Answer.SynchronisationFailure)
                            UsimAuthentication.answer(functions, after, used.rand(), used.autn());

            assertThat(failure.auts()).hasSize(14);
            OptionalLong sqnMs = Quintets.resynchronise(functions, used.rand(), failure.auts());
            assertThat(sqnMs).hasValue(96);
            long next = Quintets.next(sqnMs.getAsLong(), 0, USUAL);
            try (AuthenticationVector fresh = Quintets.generate(functions, next, AMF, random)) {
                assertThat(UsimAuthentication.answer(functions, after, fresh.rand(), fresh.autn()))
                        .isInstanceOf(UsimAuthentication.Answer.Success.class);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, 6, 7, 8, 15})
    void refusesAnAutnWithAnyBitChanged(int changed) {
        try (AuthenticationVector vector = Quintets.generate(functions, 64, AMF, random)) {
            byte[] forged = vector.autn().clone();
            forged[changed] ^= 1;

            assertThat(UsimAuthentication.answer(functions, SqnArray.fresh(USUAL), vector.rand(), forged))
                    .isInstanceOf(UsimAuthentication.Answer.MacFailure.class);
        }
    }

    @Test
    void saysMacFailureRatherThanResynchroniseToAForgedAutnWithAnOldSqn() {
        try (AuthenticationVector vector = Quintets.generate(functions, 64, AMF, random)) {
            byte[] forged = vector.autn().clone();
            forged[15] ^= 1;

            assertThat(UsimAuthentication.answer(
                            functions, SqnArray.fresh(USUAL).accepting(64), vector.rand(), forged))
                    .isInstanceOf(UsimAuthentication.Answer.MacFailure.class);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, 6, 13})
    void ignoresAnAutsWithAnyBitChanged(int changed) {
        try (AuthenticationVector used = Quintets.generate(functions, 96, AMF, random)) {
            byte[] auts = ((UsimAuthentication.Answer.SynchronisationFailure) UsimAuthentication.answer(
                            functions, SqnArray.fresh(USUAL).accepting(96), used.rand(), used.autn()))
                    .auts();
            auts[changed] ^= 1;

            assertThat(Quintets.resynchronise(functions, used.rand(), auts)).isEmpty();
        }
    }

    @Test
    void ignoresAnAutsOfAnotherLengthOrForAnotherRand() {
        assertThat(Quintets.resynchronise(functions, new byte[16], new byte[13]))
                .isEmpty();
        assertThat(Quintets.resynchronise(functions, new byte[16], new byte[14]))
                .isEmpty();
    }

    @Test
    void refusesAnAutnOfAnotherLength() {
        assertThatThrownBy(
                        () -> UsimAuthentication.answer(functions, SqnArray.fresh(USUAL), new byte[16], new byte[15]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void countsUpAndKeepsThePlaceOfTheServingNode() {
        assertThat(Quintets.next(0, 0, USUAL)).isEqualTo(32);
        assertThat(Quintets.next(32, 3, USUAL)).isEqualTo(67);
        assertThat(Quintets.next(67, 0, USUAL)).isEqualTo(96);
        assertThatThrownBy(() -> Quintets.next(0, 32, USUAL)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Quintets.next((1L << 48) - 1, 0, USUAL)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void showsNoSecretInItsText() {
        try (AuthenticationVector vector = Quintets.generate(functions, 64, AMF, random)) {
            assertThat(vector.toString()).hasSizeLessThan(40);
            assertThat(functions.f2345(vector.rand()).toString()).isEqualTo("F2345[res 8 bytes]");
            assertThat(key.toString()).doesNotContainPattern("[0-9a-f]{8}");
        }
    }
}
