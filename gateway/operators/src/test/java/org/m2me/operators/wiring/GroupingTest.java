// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GroupingTest {
    @Test
    void rolesOfOneGroupAreTogetherAndOthersAreNot() {
        Grouping grouping = Grouping.parse("sho.262-01, pva ,dpf.901-70; icf.901-70,drf.901-70");

        assertThat(grouping.areTogether("sho.262-01", "pva")).isTrue();
        assertThat(grouping.areTogether("icf.901-70", "drf.901-70")).isTrue();
        assertThat(grouping.areTogether("pva", "drf.901-70")).isFalse();
        assertThat(grouping.areTogether("pva", "ivf")).isFalse();
        assertThat(Grouping.APART.areTogether("pva", "ivf")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "'', a group without roles",
        "'pva;', a group without roles",
        "'pva,ivf;ivf', ivf is in two groups",
        "'pva,pva', pva is in two groups"
    })
    void saysWhatIsWrongWithAGrouping(String text, String fault) {
        assertThatThrownBy(() -> Grouping.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(fault);
    }
}
