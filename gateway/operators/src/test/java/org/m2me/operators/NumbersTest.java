// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Plmn;

/** IMSI ranges and the numbers of cards that are none. */
final class NumbersTest {
    private static final ImsiRange RANGE = new ImsiRange(new Imsi("001010000000099"), 3);

    @Test
    void countsThroughARangeAndKeepsItsZeroes() {
        assertThat(RANGE.at(0)).isEqualTo(new Imsi("001010000000099"));
        assertThat(RANGE.at(2)).isEqualTo(new Imsi("001010000000101"));
        assertThatThrownBy(() -> RANGE.at(3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RANGE.at(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void fillsAnOperatorsNumbersUpToFifteenDigits() {
        assertThat(ImsiRange.of(Plmn.parse("901-70"), 5_000, 2).at(1)).isEqualTo(new Imsi("901700000005001"));
        assertThat(ImsiRange.of(Plmn.parse("310-410"), 1, 1).at(0)).isEqualTo(new Imsi("310410000000001"));
    }

    @Test
    void knowsWhatIsInARange() {
        assertThat(RANGE.contains(new Imsi("001010000000101"))).isTrue();
        assertThat(RANGE.contains(new Imsi("001010000000098"))).isFalse();
        assertThat(RANGE.contains(new Imsi("001010000000102"))).isFalse();
        assertThat(RANGE.contains(new Imsi("01010000000101"))).as("14 digits").isFalse();
    }

    @Test
    void knowsWhichRangesOverlap() {
        assertThat(RANGE.overlaps(new ImsiRange(new Imsi("001010000000101"), 1)))
                .isTrue();
        assertThat(new ImsiRange(new Imsi("001010000000001"), 99).overlaps(RANGE))
                .isTrue();
        assertThat(RANGE.overlaps(new ImsiRange(new Imsi("001010000000102"), 9)))
                .isFalse();
        assertThat(new ImsiRange(new Imsi("001010000000001"), 98).overlaps(RANGE))
                .isFalse();
    }

    @Test
    void refusesARangeThatRunsOverItsDigitsOrHasNone() {
        assertThatThrownBy(() -> new ImsiRange(new Imsi("999999999999999"), 2))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ImsiRange(new Imsi("001010000000001"), 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void givesCardNumbersWhoseCheckDigitIsLuhns() {
        for (String imsi : new String[] {"001010000000099", "262010123456789", "26201012345678"}) {
            String iccid = Iccid.of(new Imsi(imsi));
            assertThat(iccid).hasSize(19).startsWith("89" + imsi);
            assertThat(luhnSum(iccid) % 10).isZero();
        }
    }

    private static int luhnSum(String digits) {
        int sum = 0;
        for (int i = digits.length() - 1, place = 0; i >= 0; i--, place++) {
            int digit = digits.charAt(i) - '0';
            if (place % 2 == 1) {
                digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
            }
            sum += digit;
        }
        return sum;
    }
}
