// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.aka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.m2me.protocol.crypto.SecretBytes;

final class MilenageTest {
    static Stream<Vector> sets() {
        return Vector.all("milenage.csv");
    }

    @ParameterizedTest
    @MethodSource("sets")
    void computesWhatTheStandardPrints(Vector set) {
        try (AkaKey key = new AkaKey(AkaAlgorithm.MILENAGE, set.secret("K"), set.secret("OPc"))) {
            AkaFunctions functions = key.functions();
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
    void derivesOpcFromTheOperatorsConstant(Vector set) {
        try (SecretBytes op = set.secret("OP");
                AkaKey key = AkaKey.ofOperatorConstant(AkaAlgorithm.MILENAGE, set.secret("K"), op)) {
            assertThat(key.opc().sameAs(set.bytes("OPc"))).isTrue();
        }
    }

    @Test
    void coversEveryPublishedSet() {
        assertThat(sets()).hasSize(21);
    }

    @Test
    void refusesARandOfAnotherLength() {
        try (AkaKey key =
                new AkaKey(AkaAlgorithm.MILENAGE, SecretBytes.copyOf(new byte[16]), SecretBytes.copyOf(new byte[16]))) {
            AkaFunctions functions = key.functions();
            assertThatThrownBy(() -> functions.f5star(new byte[15])).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void computesNothingOnceTheKeyIsClosed() {
        AkaKey key =
                new AkaKey(AkaAlgorithm.MILENAGE, SecretBytes.copyOf(new byte[16]), SecretBytes.copyOf(new byte[16]));
        AkaFunctions functions = key.functions();
        key.close();

        assertThatThrownBy(() -> functions.f2345(new byte[16])).isInstanceOf(IllegalStateException.class);
    }
}
