// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.cbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CborTest {
    @ParameterizedTest
    // RFC 8949 appendix A, those of its examples that are of the kinds accepted here.
    @ValueSource(
            strings = {
                "00",
                "01",
                "0a",
                "17",
                "1818",
                "1819",
                "1864",
                "1903e8",
                "1a000f4240",
                "1b000000e8d4a51000",
                "20",
                "29",
                "3863",
                "3903e7",
                "f4",
                "f5",
                "40",
                "4401020304",
                "60",
                "6161",
                "6449455446",
                "62225c",
                "62c3bc",
                "63e6b0b4",
                "64f0908591",
                "80",
                "83010203",
                "8301820203820405",
                "98190102030405060708090a0b0c0d0e0f101112131415161718181819",
                "a0",
                "a201020304",
                "a26161016162820203",
                "826161a161626163",
                "a56161614161626142616361436164614461656145",
                "c074323031332d30332d32315432303a30343a30305a",
                "c11a514b67b0",
                "d74401020304",
                "d818456449455446",
                "1b7fffffffffffffff",
                "3b7fffffffffffffff"
            })
    void encodesWhatItDecodedToTheSameBytes(String hex) throws CborException {
        assertThat(CborValue.decode(hex(hex)).encode()).isEqualTo(hex(hex));
    }

    @ParameterizedTest
    @CsvSource({
        "1817, number not in its shortest form",
        "190018, number not in its shortest form",
        "1a0000ffff, number not in its shortest form",
        "1b00000000ffffffff, number not in its shortest form",
        "3817, number not in its shortest form",
        "5800, number not in its shortest form",
        "b800, number not in its shortest form",
        "d80100, number not in its shortest form",
        "1bffffffffffffffff, number beyond 63 bits",
        "3b8000000000000000, number beyond 63 bits",
        "5f4101ff, indefinite length",
        "7f6161ff, indefinite length",
        "9fff, indefinite length",
        "bfff, indefinite length",
        "ff, floats",
        "1c, reserved head",
        "5d, reserved head",
        "f6, floats",
        "f7, floats",
        "f0, floats",
        "f814, floats",
        "f93c00, floats",
        "fa47c35000, floats",
        "a201000100, key 1 is there twice",
        "a202000100, key 1 is not in order",
        "a220000100, key 1 is not in order",
        "a26162006161 00, key \"a\" is not in order",
        "a262616100616200, key \"b\" is not in order",
        "a1410000, key is neither a number nor text",
        "a1f400, key is neither a number nor text",
        "0000, 1 bytes too many",
        "'', ends too early",
        "18, ends too early",
        "81, only 0 bytes left",
        "a101, ends too early",
        "4201, only 1 bytes left",
        "c1, ends too early",
        "6180, text is not UTF-8",
        "62c080, text is not UTF-8",
        "63eda080, text is not UTF-8",
        "5b7fffffffffffffff, only 0 bytes left",
        "7b7fffffffffffffff, only 0 bytes left",
        "9b7fffffffffffffff00, only 1 bytes left",
        "bb7fffffffffffffff00, only 1 bytes left"
    })
    void refusesEveryOtherForm(String hex, String fault) {
        assertThatThrownBy(() -> CborValue.decode(hex(hex.replace(" ", ""))))
                .isInstanceOf(CborException.class)
                .hasMessageContaining(fault);
    }

    @Test
    void sortsKeysAsTheirEncodings() {
        CborMap map = CborMap.builder()
                .put("aa", CborValue.of(0))
                .put(-1, 0)
                .put(100, 0)
                .put("b", CborValue.of(0))
                .put(10, 0)
                .put(-200, 0)
                .build();
        // RFC 8949 4.2.1 has this example, without the byte string and the array.
        assertThat(map.encode()).isEqualTo(hex("a60a00186400200038c7006162006261 6100".replace(" ", "")));
        assertThat(map.keys()).containsExactly(10L, 100L, -1L, -200L);
    }

    @Test
    void readsMapsWithTextKeys() throws CborException {
        CborMap map = CborMap.decode(hex("a2616201626161f5"));
        assertThat(map.textEntries().keySet()).containsExactly("b", "aa");
        CborMap mixed = CborMap.decode(hex("a20100616101"));
        assertThatThrownBy(mixed::textEntries).hasMessage("key 1: wants text");
    }

    @Test
    void takesSixteenLevelsAndNoMore() throws CborException {
        assertThat(CborValue.decode(hex("81".repeat(15) + "80")).encode()).hasSize(16);
        assertThatThrownBy(() -> CborValue.decode(hex("81".repeat(16) + "80")))
                .isInstanceOf(CborException.class)
                .hasMessageContaining("deeper than 16");
        CborValue deep = CborValue.of(0);
        for (int i = 0; i < 17; i++) {
            deep = CborValue.tagged(1, deep);
        }
        CborValue tooDeep = deep;
        assertThatIllegalArgumentException().isThrownBy(tooDeep::encode);
    }

    @Test
    void readsBackEveryKind() throws CborException {
        CborMap map = CborMap.decode(CborMap.builder()
                .put(1, Long.MIN_VALUE)
                .put(2, new byte[] {1, 2})
                .put(3, "żółć")
                .put(4, true)
                .put(5, CborMap.builder().put(1, 2).build())
                .putMaps(6, List.of(CborMap.builder().build()))
                .putByteStrings(7, List.of(new byte[] {3}))
                .putIntegers(8, List.of(1L, -1L))
                .put(9, CborValue.tagged(501, CborValue.of(7)))
                .build()
                .encode());
        assertThat(map.integer(1)).isEqualTo(Long.MIN_VALUE);
        assertThat(map.bytes(2, 2, 2)).containsExactly(1, 2);
        assertThat(map.text(3, 8)).isEqualTo("żółć");
        assertThat(map.bool(4)).isTrue();
        assertThat(map.map(5).integer(1, 2, 2)).isEqualTo(2);
        assertThat(map.maps(6, 1)).hasSize(1);
        assertThat(map.byteStrings(7, 1)).containsExactly(new byte[] {3});
        assertThat(map.integers(8, 2)).containsExactly(1L, -1L);
        assertThat(map.value(9).untagged(501).integer()).isEqualTo(7);
        assertThat(map.has(9)).isTrue();
        assertThat(map.has(10)).isFalse();
    }

    @Test
    void namesTheFieldAndTheFault() throws CborException {
        CborMap map = CborMap.decode(hex("a301020243aabbcc03633c3c3c"));
        assertThatThrownBy(() -> map.integer(1, 3, 9)).hasMessage("key 1: 2 is not in 3 to 9");
        assertThatThrownBy(() -> map.bytes(2, 1, 2)).hasMessage("key 2: 3 bytes, wants 1 to 2");
        assertThatThrownBy(() -> map.text(3, 2)).hasMessage("key 3: 3 bytes of text, wants at most 2");
        assertThatThrownBy(() -> map.text(2, 9)).hasMessage("key 2: wants a text string, is a byte string");
        assertThatThrownBy(() -> map.bool(7)).hasMessage("key 7: absent");
        assertThatThrownBy(() -> map.checkOnly(Set.of(1L, 2L))).hasMessage("key 3: not known here");
    }

    @Test
    void refusesAKeyThatIsPutTwice() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CborMap.builder().put(1, 1).put(1, 2));
    }

    @Test
    void keepsCopiesAndWipesThem() throws CborException {
        byte[] secret = {1, 2, 3};
        CborMap map = CborMap.builder().put(1, secret).build();
        secret[0] = 9;
        assertThat(map.bytes(1, 3, 3)).containsExactly(1, 2, 3);
        map.wipe();
        assertThat(map.bytes(1, 3, 3)).containsOnly(0);
        assertThat(map).hasToString("CborMap[key 1]");
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }
}
