// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.m2me.operators.Campaigns.Limits;
import org.m2me.operators.Campaigns.Plan;
import org.m2me.operators.Ivf;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;

/** How fast campaigns order, for the sake of those who have a part in it. */
final class PaceTest extends CampaignFixture {
    @Test
    void noMoreAreUnderWayThanMayBe() throws Exception {
        staff.begin(plan(5, new Limits(10, 100, 600, 1, 2, 100, 100)));
        work.look();
        work.look();
        assertThat(ordered).hasSize(2);

        arrive(0);
        work.look();

        assertThat(ordered).hasSize(3);
    }

    @Test
    void noMoreAreOrderedInAMinuteThanMayBe() throws Exception {
        staff.begin(plan(5, new Limits(10, 100, 600, 1, 10, 2, 100)));
        work.look();
        work.look();
        assertThat(ordered).hasSize(2);

        clock.advance(Duration.ofSeconds(61));
        work.look();

        assertThat(ordered).hasSize(4);
    }

    @Test
    void aDeviceWhoseTryFailedIsLeftAloneForAWhileAndTheOthersOfItsWaveAreNot() throws Exception {
        staff.begin(plan(3, new Limits(3, 100, 600, 2, 1, 100, 100)));
        work.look();
        register(0, ResultCode.MCIM_DAMAGED);
        work.look();
        assertThat(ordered).containsExactly(device(0), device(1));

        arrive(1);
        clock.advance(FleetTable.RETRY_PAUSE.minusSeconds(1));
        work.look();
        arrive(2);
        work.look();
        assertThat(ordered).containsExactly(device(0), device(1), device(2));

        clock.advance(Duration.ofSeconds(1));
        work.look();
        assertThat(ordered).endsWith(device(0)).hasSize(4);
    }

    @Test
    void aDeviceWhoseTryFailedIsOrderedAgainWhenTheClockIsSetBack() throws Exception {
        staff.begin(plan(1, new Limits(1, 100, 600, 2, 1, 100, 100)));
        work.look();
        register(0, ResultCode.MCIM_DAMAGED);
        work.look();
        clock.advance(Duration.ofDays(-1));
        work.look();
        assertThat(ordered).containsExactly(device(0), device(0));
    }

    @Test
    void goesOnOrderingWhenTheClockIsSetBack() throws Exception {
        staff.begin(plan(4, new Limits(10, 100, 600, 1, 10, 2, 100)));
        work.look();
        clock.advance(Duration.ofDays(-1));
        work.look();
        assertThat(ordered).hasSize(4);
    }

    private static Plan second(int count, Limits limits) {
        return new Plan("d", "fleet", Procedure.CHANGE, devices(100, count), limits, Optional.empty());
    }

    @Test
    void twoCampaignsTogetherOrderNoMoreInAMinuteThanMayBe() throws Exception {
        staff.begin(plan(3, new Limits(10, 100, 600, 1, 10, 2, 100)));
        staff.begin(second(3, new Limits(10, 100, 600, 1, 10, 3, 100)));
        work.look();
        work.look();
        assertThat(ordered).containsExactly(device(0), device(1), device(100));

        clock.advance(Duration.ofSeconds(61));
        work.look();
        assertThat(ordered).hasSize(6);
    }

    @Test
    void ofTwoCampaignsTogetherNoMoreAreUnderWayThanMayBe() throws Exception {
        staff.begin(plan(3, new Limits(10, 100, 600, 1, 2, 100, 100)));
        staff.begin(second(3, new Limits(10, 100, 600, 1, 3, 100, 100)));
        work.look();
        work.look();
        assertThat(ordered).containsExactly(device(0), device(1), device(100));

        arrive(0);
        work.look();
        assertThat(ordered).endsWith(device(101)).hasSize(4);
    }

    @Test
    void twoCampaignsTogetherAskThePvaForNoMoreThanMayBe() throws Exception {
        unknownToTheIvf.addAll(Set.of(device(0), device(1), device(100), device(101)));
        staff.begin(plan(2, new Limits(10, 100, 600, 1, 10, 100, 1)));
        staff.begin(second(2, new Limits(10, 100, 600, 1, 10, 100, 1)));
        work.look();
        work.look();
        assertThat(ordered).containsExactly(device(0));
    }

    @Test
    void devicesThatNeedThePvaDoNotHoldUpTheOthers() throws Exception {
        unknownToTheIvf.addAll(Set.of(device(0), device(1), device(2)));
        staff.begin(plan(6, new Limits(10, 100, 600, 1, 10, 100, 1)));
        work.look();
        assertThat(ordered).containsExactly(device(0), device(3), device(4), device(5));

        clock.advance(Duration.ofSeconds(61));
        work.look();

        assertThat(ordered).endsWith(device(1)).hasSize(5);
    }

    @Test
    void devicesThatNeedThePvaDoNotHoldUpTheOthersWhereFewMayBeUnderWay() throws Exception {
        unknownToTheIvf.addAll(Set.of(device(0), device(1), device(2)));
        staff.begin(plan(6, new Limits(10, 100, 600, 1, 2, 100, 1)));
        work.look();
        assertThat(ordered).containsExactly(device(0), device(3));

        arrive(0, 3);
        work.look();

        assertThat(ordered).containsExactly(device(0), device(3), device(4), device(5));
    }

    @Test
    void devicesThatNeedThePvaDoNotHoldUpTheOthersHoweverManyTheyAre() throws Exception {
        unknownToTheIvf.addAll(devices(250));
        staff.begin(plan(251, new Limits(300, 100, 600, 1, 10, 100, 1)));
        work.look();
        work.look();
        assertThat(ordered).containsExactly(device(0));

        work.look();
        assertThat(ordered).containsExactly(device(0), device(250));

        clock.advance(Duration.ofSeconds(61));
        work.look();
        assertThat(ordered).endsWith(device(1)).hasSize(3);
    }

    @Test
    void withoutAnAnswerOfTheIvfEachDeviceCountsAsOneForThePva() throws Exception {
        peers.set(Ivf.class, null);
        staff.begin(plan(6, new Limits(10, 100, 600, 1, 10, 100, 2)));
        work.look();
        assertThat(ordered).hasSize(2);
    }
}
