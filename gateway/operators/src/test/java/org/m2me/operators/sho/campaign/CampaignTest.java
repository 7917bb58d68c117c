// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.m2me.operators.Campaigns;
import org.m2me.operators.Campaigns.Limits;
import org.m2me.operators.Campaigns.Outcome;
import org.m2me.operators.Campaigns.Plan;
import org.m2me.operators.Campaigns.State;
import org.m2me.operators.Campaigns.Window;
import org.m2me.operators.Count;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;

class CampaignTest extends CampaignFixture {
    private static final Limits LIMITS = new Limits(1_000, 100, 600, 1, 1_000, 1_000, 1_000);

    @Test
    void ordersEveryDeviceOnceAndEndsWhenAllHaveArrived() throws Exception {
        staff.begin(plan(3, LIMITS));
        work.look();
        work.look();
        assertThat(ordered).containsExactlyElementsOf(devices(3));

        arrive(0, 1, 2);
        work.look();

        assertThat(staff.status("c").state()).isEqualTo(State.ENDED);
        assertThat(count(Outcome.DONE)).isEqualTo(3);
    }

    @Test
    void theNextWaveWaitsUntilEachOfThisOneHasAnOutcome() throws Exception {
        staff.begin(plan(5, new Limits(2, 100, 600, 1, 10, 100, 100)));
        work.look();
        arrive(0);
        work.look();
        assertThat(ordered).hasSize(2);
        assertThat(staff.status("c").wave()).isEqualTo(1);
        assertThat(staff.status("c").waves()).isEqualTo(3);

        arrive(1);
        work.look();
        work.look();

        assertThat(ordered).hasSize(4);
        assertThat(staff.status("c").wave()).isEqualTo(2);
    }

    @Test
    void saysBeforehandWhoWouldNeedThePvaAndOrdersNothing() throws Exception {
        unknownToTheIvf.add(device(1));
        assertThat(staff.forecast(plan(3, LIMITS)))
                .containsExactlyInAnyOrder(new Count("VALID", 2), new Count("NEVER_SEEN", 1));
        work.look();
        assertThat(ordered).isEmpty();
        assertThat(staff.campaigns()).isEmpty();
    }

    @Test
    void stopsWhenTooManyFailAndGoesOnWhenSomebodyHasSeenIt() throws Exception {
        staff.begin(plan(6, new Limits(2, 50, 600, 1, 10, 100, 100)));
        work.look();
        arrive(0);
        register(1, ResultCode.COMPONENT_MISMATCH);
        work.look();
        work.look();
        assertThat(staff.status("c").state()).isEqualTo(State.STOPPED);
        assertThat(staff.status("c").reason()).isEqualTo("1 of 2 devices failed; the limit is 50 %");
        assertThat(ordered).hasSize(2);

        staff.resume("c");
        work.look();

        assertThat(staff.status("c").state()).isEqualTo(State.RUNNING);
        assertThat(ordered).hasSize(4);
        arrive(2, 3);
        work.look();
        assertThat(staff.status("c").state()).isEqualTo(State.RUNNING);
    }

    @Test
    void countsADeviceThatIsNotHeardOfAndGoesOn() throws Exception {
        staff.begin(plan(2, new Limits(1, 50, 60, 1, 10, 100, 100)));
        work.look();
        clock.advance(Duration.ofSeconds(61));
        work.look();

        assertThat(count(Outcome.OFFLINE)).isEqualTo(1);
        assertThat(staff.status("c").state()).isEqualTo(State.RUNNING);
        assertThat(ordered).containsExactly(device(0), device(1));
    }

    @Test
    void triesAgainAsOftenAsMayBe() throws Exception {
        staff.begin(plan(1, new Limits(1, 100, 600, 3, 10, 100, 100)));
        for (int look = 0; look < 6; look++) {
            work.look();
            register(0, ResultCode.MCIM_DAMAGED);
            work.look();
            clock.advance(FleetTable.RETRY_PAUSE);
        }
        assertThat(ordered).containsExactly(device(0), device(0), device(0));
        Campaigns.Row row = staff.rows("c", 0).get(0);
        assertThat(row.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(row.code()).isEqualTo(ResultCode.MCIM_DAMAGED);
        assertThat(row.tries()).isEqualTo(3);
    }

    @Test
    void pausesResumesAndIsCancelled() throws Exception {
        staff.begin(plan(4, new Limits(1, 100, 600, 1, 10, 100, 100)));
        staff.pause("c");
        work.look();
        assertThat(ordered).isEmpty();
        staff.resume("c");
        work.look();
        staff.cancel("c");
        arrive(0);
        work.look();

        assertThat(ordered).containsExactly(device(0));
        assertThat(count(Outcome.DONE)).isEqualTo(1);
        assertThat(count(Outcome.CANCELLED)).isEqualTo(3);
        assertThat(staff.status("c").state()).isEqualTo(State.CANCELLED);
        assertThatThrownBy(() -> staff.resume("c"))
                .asInstanceOf(InstanceOfAssertFactories.type(Refused.class))
                .extracting(Refused::code)
                .isEqualTo(ResultCode.FORBIDDEN);
    }

    @Test
    void ordersInItsWindowOnly() throws Exception {
        Optional<Window> night = Optional.of(new Window(22 * 60, 4 * 60));
        staff.begin(new Plan("c", "fleet", Procedure.CHANGE, devices(1), LIMITS, night));
        work.look();
        assertThat(ordered).isEmpty();

        clock.advance(Duration.ofHours(11));
        work.look();

        assertThat(ordered).hasSize(1);
    }

    @Test
    void aDeviceThatItsOwnerDoesNotAgreeToFailsAtOnce() throws Exception {
        refusals.put(device(0), ResultCode.FORBIDDEN);
        staff.begin(plan(1, LIMITS));
        work.look();
        assertThat(staff.rows("c", 0).get(0).code()).isEqualTo(ResultCode.FORBIDDEN);
    }

    @Test
    void waitsWhileTheSubscriberIsSilent() throws Exception {
        subscriberIsSilent = true;
        staff.begin(plan(1, LIMITS));
        work.look();
        assertThat(count(Outcome.WAITING)).isEqualTo(1);

        subscriberIsSilent = false;
        work.look();

        assertThat(ordered).hasSize(1);
    }

    @Test
    void waitsWhileTheSubscriberIsBusy() throws Exception {
        refusals.put(device(0), ResultCode.BUSY);
        staff.begin(plan(1, LIMITS));
        work.look();
        assertThat(count(Outcome.WAITING)).isEqualTo(1);

        refusals.clear();
        work.look();

        assertThat(ordered).containsExactly(device(0));
        assertThat(staff.rows("c", 0).get(0).tries()).isEqualTo(1);
    }

    @Test
    void seesADeviceArriveWhenTheClockIsSetBack() throws Exception {
        register(0, ResultCode.OK); // it was here before
        staff.begin(plan(1, LIMITS));
        work.look();
        clock.advance(Duration.ofDays(-1));
        work.look();
        assertThat(count(Outcome.ORDERED)).isEqualTo(1);

        arrive(0);
        work.look();
        assertThat(count(Outcome.DONE)).isEqualTo(1);
    }

    @Test
    void countsADeviceThatCameBecauseOfAnOrderWhoseAnswerWasLost() throws Exception {
        answerIsLost = true;
        staff.begin(plan(1, LIMITS));
        work.look();
        assertThat(ordered).containsExactly(device(0));
        assertThat(count(Outcome.WAITING)).isEqualTo(1);

        answerIsLost = false;
        arrive(0);
        refusals.put(device(0), ResultCode.FORBIDDEN); // its owner's agreement is used up
        database.close();
        open();
        work.look();
        work.look();
        assertThat(count(Outcome.DONE)).isEqualTo(1);
        assertThat(staff.rows("c", 0).get(0).tries()).isEqualTo(1);
    }

    @Test
    void goesOnWhereItWasAfterARestart() throws Exception {
        staff.begin(plan(4, new Limits(2, 100, 600, 1, 10, 100, 100)));
        work.look();
        arrive(0);
        work.look();
        database.close();
        open();
        arrive(1);
        work.look();
        work.look();

        assertThat(ordered).containsExactlyElementsOf(devices(4));
        assertThat(count(Outcome.DONE)).isEqualTo(2);
    }

    @Test
    void theSamePlanAgainHasNoSecondEffectAndAnotherOfThatNameIsRefused() throws Exception {
        staff.begin(plan(2, LIMITS));
        work.look();
        staff.begin(plan(2, LIMITS));
        work.look();
        assertThat(ordered).hasSize(2);
        assertThatThrownBy(() -> staff.begin(plan(3, LIMITS)))
                .hasMessageContaining("there is another plan of that name");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 10, 600, 1, 1, 1, 1, wave is 0",
        "1, 101, 600, 1, 1, 1, 1, failuresPercent is 101",
        "1, 10, 59, 1, 1, 1, 1, deviceSeconds is 59",
        "1, 10, 600, 11, 1, 1, 1, tries is 11",
        "1, 10, 600, 1, 0, 1, 1, underWay is 0",
        "1, 10, 600, 1, 1, 0, 1, startsPerMinute is 0",
        "1, 10, 600, 1, 1, 1, 0, validationsPerMinute is 0"
    })
    void namesALimitThatIsOutOfItsRange(
            int wave, int failures, int seconds, int tries, int underWay, int starts, int validations, String fault) {
        assertThatThrownBy(() -> new Limits(wave, failures, seconds, tries, underWay, starts, validations))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(fault);
    }
}
