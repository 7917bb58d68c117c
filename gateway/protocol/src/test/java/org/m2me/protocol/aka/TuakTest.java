// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.aka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.bouncycastle.crypto.digests.SHAKEDigest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.m2me.protocol.crypto.SecretBytes;

final class TuakTest {
    static Stream<Vector> sets() {
        return Vector.all("tuak.csv");
    }

    @ParameterizedTest
    @MethodSource("sets")
    void computesWhatTheStandardPrints(Vector set) {
        try (SecretBytes k = set.secret("K");
                SecretBytes topc = set.secret("TOPc")) {
            Tuak functions = new Tuak(k, topc, parameters(set));
            byte[] rand = set.bytes("RAND");

            assertThat(functions.f1(rand, set.sqn(), set.amf())).isEqualTo(set.bytes("f1"));
            assertThat(functions.f1star(rand, set.sqn(), set.amf())).isEqualTo(set.bytes("f1*"));
            AkaFunctions.F2345 secrets = functions.f2345(rand);
            assertThat(secrets.res()).isEqualTo(set.bytes("f2"));
            assertThat(secrets.ck()).isEqualTo(set.bytes("f3"));
            assertThat(secrets.ik()).isEqualTo(set.bytes("f4"));
            assertThat(secrets.ak()).isEqualTo(set.bytes("f5"));
            assertThat(functions.f5star(rand)).isEqualTo(set.bytes("f5*"));
        }
    }

    @ParameterizedTest
    @MethodSource("sets")
    void derivesTopcFromTheOperatorsConstant(Vector set) {
        try (SecretBytes k = set.secret("K");
                SecretBytes top = set.secret("TOP");
                SecretBytes topc = Tuak.topc(k, top, parameters(set).iterations())) {
            assertThat(topc.sameAs(set.bytes("TOPc"))).isTrue();
        }
    }

    @Test
    void coversEveryPublishedSet() {
        assertThat(sets()).hasSize(6);
    }

    @Test
    void servesASubscriptionWithTheLengthsThatMilenageHas() {
        Vector set =
                sets().filter(one -> one.text("set").equals("5")).findFirst().orElseThrow();
        try (SecretBytes top = set.secret("TOP");
                AkaKey key = AkaKey.ofOperatorConstant(AkaAlgorithm.TUAK, set.secret("K"), top)) {
            assertThat(key.opc().sameAs(set.bytes("TOPc"))).isTrue();
            AkaFunctions.F2345 secrets = key.functions().f2345(set.bytes("RAND"));
            assertThat(secrets.res()).hasSize(8);
            assertThat(secrets.ck()).hasSize(16);
            assertThat(secrets.ik()).hasSize(16);
            assertThat(key.functions().f1(set.bytes("RAND"), 0, 0)).hasSize(8);
        }
    }

    @Test
    void permutesAsAnotherImplementationOfKeccakDoes() {
        // SHAKE256 of fewer than 136 bytes is one permutation of the padded message (FIPS 202 6.2).
        byte[] message = "one block of SHAKE256".getBytes(StandardCharsets.US_ASCII);
        SHAKEDigest shake = new SHAKEDigest(256);
        shake.update(message, 0, message.length);
        byte[] expected = new byte[136];
        shake.doFinal(expected, 0, expected.length);

        byte[] block = Arrays.copyOf(message, Keccak.STATE_LENGTH);
        block[message.length] = 0x1f;
        block[135] = (byte) 0x80;
        ByteBuffer littleEndian = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
        long[] lanes = new long[25];
        littleEndian.asLongBuffer().get(lanes);
        Keccak.permute(lanes);
        littleEndian.asLongBuffer().put(lanes);

        assertThat(Arrays.copyOf(block, 136)).isEqualTo(expected);
    }

    private static Tuak.Parameters parameters(Vector set) {
        return new Tuak.Parameters(
                set.bytes("f1").length,
                set.bytes("f2").length,
                set.bytes("f3").length,
                set.bytes("f4").length,
                Integer.parseInt(set.text("iterations")));
    }
}
