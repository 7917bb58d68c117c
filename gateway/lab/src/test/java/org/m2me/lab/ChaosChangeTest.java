// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.m2me.lab.fault.Chaos;

class ChaosChangeTest {
    private static List<Optional<ChangeWay>> fleet(ChaosChange change, long seed) {
        Chaos chaos = new Chaos(seed, false);
        return IntStream.rangeClosed(1, 20)
                .mapToObj(device -> change.of(chaos, device))
                .toList();
    }

    @Test
    void drawsEveryWayAndTheSameOnesAgainWithTheSameSeedOnly() {
        assertThat(fleet(ChaosChange.mixed, 7))
                .isEqualTo(fleet(ChaosChange.mixed, 7))
                .isNotEqualTo(fleet(ChaosChange.mixed, 8))
                .contains(
                        Optional.of(ChangeWay.old), Optional.of(ChangeWay.pristine), Optional.of(ChangeWay.preloaded));
    }

    @Test
    void takesTheWayThatIsNamedForAll() {
        assertThat(fleet(ChaosChange.preloaded, 7)).containsOnly(Optional.of(ChangeWay.preloaded));
        assertThat(fleet(ChaosChange.none, 7)).containsOnly(Optional.empty());
    }
}
