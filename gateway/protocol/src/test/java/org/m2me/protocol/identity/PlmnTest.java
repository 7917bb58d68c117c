// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlmnTest {
    @ParameterizedTest
    // TS 24.008 10.5.1.3: a MNC of two digits has f in the place of its third.
    @CsvSource({"262-42, 62f224", "310-410, 130014", "001-01, 00f110", "901-70, 09f107"})
    void writesNetworksInThreeBytes(String text, String hex) {
        assertThat(Opaque.of(Plmn.parse(text).bytes())).isEqualTo(Opaque.hex(hex));
        assertThat(Plmn.ofBytes(Opaque.hex(hex).bytes())).isEqualTo(Plmn.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "62f2", "62f22400", "6af224", "62e224", "f2f224", "62f2f4"})
    void refusesBytesThatAreNoNetwork(String hex) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Plmn.ofBytes(Opaque.hex(hex).bytes()));
    }

    @Test
    void knowsItsOwnSubscribers() {
        assertThat(Plmn.parse("262-42").isHomeOf(new Imsi("262420000000001"))).isTrue();
        assertThat(Plmn.parse("262-43").isHomeOf(new Imsi("262420000000001"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1234567890123", "1234567890123456", "12345678901234a", "٠١٢٣٤٥٦٧٨٩٠١٢٣٤"})
    void refusesWhatIsNoImsi(String digits) {
        assertThatIllegalArgumentException().isThrownBy(() -> new Imsi(digits));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "01", "02000102030405060708090a0b0c0d0e0f", "0100"})
    void refusesWhatIsNoUeid(String hex) {
        assertThatIllegalArgumentException().isThrownBy(() -> Ueid.hex(hex));
    }
}
