// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.aka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class SqnArrayTest {
    private static final SqnParameters USUAL = SqnParameters.DEFAULT;

    @Test
    void acceptsTheFirstSqnOfANewSubscription() {
        assertThat(SqnArray.fresh(USUAL).isFresh(sqn(1, 0))).isTrue();
        assertThat(SqnArray.fresh(USUAL).isFresh(sqn(0, 0))).isFalse();
    }

    @Test
    void refusesAnSqnThatWasUsedBefore() {
        SqnArray array = SqnArray.fresh(USUAL).accepting(sqn(7, 3));

        assertThat(array.isFresh(sqn(7, 3))).isFalse();
        assertThat(array.isFresh(sqn(6, 3))).isFalse();
        assertThat(array.isFresh(sqn(8, 3))).isTrue();
    }

    @Test
    void acceptsAnOlderSqnInAnotherPlace() {
        SqnArray array = SqnArray.fresh(USUAL).accepting(sqn(1000, 3));

        assertThat(array.isFresh(sqn(999, 4))).isTrue();
    }

    @Test
    void refusesAJumpBeyondDelta() {
        SqnArray array = SqnArray.fresh(USUAL).accepting(sqn(10, 0));

        assertThat(array.isFresh(sqn(10 + USUAL.delta(), 1))).isTrue();
        assertThat(array.isFresh(sqn(11 + USUAL.delta(), 1))).isFalse();
    }

    @Test
    void refusesAnSqnOlderThanTheAgeLimit() {
        SqnArray array = SqnArray.fresh(new SqnParameters(5, 1L << 28, 16)).accepting(sqn(1000, 0));

        assertThat(array.isFresh(sqn(985, 1))).isTrue();
        assertThat(array.isFresh(sqn(984, 1))).isFalse();
    }

    @Test
    void tellsTheHighestAcceptedAnywhere() {
        assertThat(SqnArray.fresh(USUAL).highest()).isZero();
        SqnArray array =
                SqnArray.fresh(USUAL).accepting(sqn(20, 9)).accepting(sqn(5, 1)).accepting(sqn(20, 12));

        assertThat(array.highest()).isEqualTo(sqn(20, 12));
    }

    @Test
    void keepsItsValuesThroughStorage() {
        SqnArray array = SqnArray.fresh(USUAL).accepting(sqn(20, 9)).accepting(sqn(5, 1));
        SqnArray stored = SqnArray.of(USUAL, array.values());

        assertThat(stored.values()).isEqualTo(array.values());
        assertThat(stored.isFresh(sqn(20, 9))).isFalse();
    }

    @Test
    void isNotChangedByAcceptingOrByItsValues() {
        SqnArray array = SqnArray.fresh(USUAL);
        assertThat(array.accepting(sqn(1, 0)).isFresh(sqn(1, 0))).isFalse();
        array.values()[0] = 99;

        assertThat(array.isFresh(sqn(1, 0))).isTrue();
    }

    @Test
    void worksWithOnePlace() {
        SqnParameters single = new SqnParameters(0, 1L << 28, 0);
        SqnArray array = SqnArray.fresh(single).accepting(5);

        assertThat(array.isFresh(5)).isFalse();
        assertThat(array.isFresh(6)).isTrue();
        assertThat(array.highest()).isEqualTo(5);
    }

    @Test
    void refusesWhatNoUsimCouldHaveStored() {
        assertThatThrownBy(() -> SqnArray.of(USUAL, new long[31])).isInstanceOf(IllegalArgumentException.class);
        long[] tooHigh = new long[32];
        tooHigh[4] = 1L << 43;
        assertThatThrownBy(() -> SqnArray.of(USUAL, tooHigh)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SqnArray.fresh(USUAL).isFresh(1L << 48)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SqnArray.fresh(USUAL).accepting(0)).isInstanceOf(IllegalArgumentException.class);
    }

    private static long sqn(long seq, int ind) {
        return (seq << 5) | ind;
    }
}
