// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.m2me.operators.Campaigns.Limits;
import org.m2me.operators.Campaigns.Outcome;
import org.m2me.protocol.message.ResultCode;

/** Devices of campaigns that need the PVA though the IVF had said otherwise. */
final class ValidationPaceTest extends CampaignFixture {
    /** Two orders and two validations a minute. */
    private static final Limits TWO = new Limits(10, 100, 600, 2, 10, 2, 2);

    private void fallBack(int... numbers) {
        for (int number : numbers) {
            database.change(connection -> ValidationPace.needed(connection, device(number), clock.instant()));
        }
    }

    private void thePvaIsAsked(int number) {
        database.change(connection -> ValidationPace.asked(connection, device(number)));
    }

    private boolean isHeld(int number) {
        return database.read(connection -> ValidationPace.limit(connection, device(number)))
                .isPresent();
    }

    private Duration turn() {
        return database.transact(connection -> ValidationPace.turn(connection, 2, clock.instant()));
    }

    @Test
    void oneThatFallsBackCountsFromThenOnAsOneForThePva() throws Exception {
        unknownToTheIvf.addAll(Set.of(device(2), device(3)));
        staff.begin(plan(4, TWO));
        work.look();
        assertThat(ordered).containsExactly(device(0), device(1));

        clock.advance(Duration.ofSeconds(50));
        fallBack(0);
        thePvaIsAsked(0);
        clock.advance(Duration.ofSeconds(11));
        work.look();
        assertThat(ordered).endsWith(device(2)).hasSize(3);

        clock.advance(Duration.ofSeconds(50));
        work.look();
        assertThat(ordered).endsWith(device(3)).hasSize(4);
    }

    @Test
    void oneThatWaitsForThePvaCountsUntilThePvaHasBeenAsked() throws Exception {
        unknownToTheIvf.addAll(Set.of(device(2), device(3)));
        staff.begin(plan(4, TWO));
        work.look();
        fallBack(0);
        clock.advance(Duration.ofMinutes(2));
        work.look();
        assertThat(ordered).endsWith(device(2)).hasSize(3);

        clock.advance(Duration.ofMinutes(2));
        thePvaIsAsked(0);
        fallBack(2);
        thePvaIsAsked(2);
        work.look();
        assertThat(ordered).endsWith(device(3)).hasSize(4);
    }

    @Test
    void oneThatIsOrderedAgainCountsAgainAsOneForThePva() throws Exception {
        unknownToTheIvf.addAll(Set.of(device(0), device(1)));
        staff.begin(plan(2, new Limits(10, 100, 600, 2, 10, 10, 1)));
        work.look();
        register(0, ResultCode.MCIM_DAMAGED);
        work.look();
        clock.advance(FleetTable.RETRY_PAUSE);
        work.look();
        work.look();
        assertThat(ordered).containsExactly(device(0), device(0));
    }

    @Test
    void nobodyIsOrderedWhileAsManyWaitForThePvaAsItIsAskedForInAMinute() throws Exception {
        staff.begin(plan(4, TWO));
        work.look();
        fallBack(0, 1);
        clock.advance(Duration.ofMinutes(2));
        work.look();
        assertThat(ordered).hasSize(2);

        thePvaIsAsked(0);
        work.look();
        assertThat(ordered).hasSize(4);
    }

    @ParameterizedTest(name = "of {0} tries")
    @ValueSource(ints = {1, 2})
    void oneWhoseRegistrationIsOverWaitsForThePvaNoMore(int tries) throws Exception {
        staff.begin(plan(4, new Limits(10, 100, 600, tries, 10, 2, 2)));
        work.look();
        fallBack(0, 1);
        clock.advance(Duration.ofMinutes(2));
        register(0, ResultCode.UNAVAILABLE);
        work.look();
        staff.resume("c"); // after its only try, one of one has failed
        work.look();
        assertThat(ordered).containsExactly(device(0), device(1), device(2), device(3));
    }

    @Test
    void ordersGoOnWhenThoseThatWaitedHaveStartedOver() throws Exception {
        staff.begin(plan(4, new Limits(10, 100, 86_400, 1, 10, 2, 2)));
        work.look();
        fallBack(0, 1);
        clock.advance(ValidationPace.WAIT_MAX.minusSeconds(1));
        work.look();
        assertThat(ordered).hasSize(2);
        clock.advance(Duration.ofSeconds(1));
        work.look();
        assertThat(ordered).hasSize(4);
    }

    @Test
    void oneThatWaitsForThePvaIsNotOffline() throws Exception {
        staff.begin(plan(1, new Limits(1, 100, 60, 1, 1, 1, 1)));
        work.look();
        fallBack(0);
        clock.advance(Duration.ofMinutes(2));
        work.look();
        assertThat(count(Outcome.OFFLINE)).isZero();

        thePvaIsAsked(0);
        work.look();
        assertThat(count(Outcome.OFFLINE)).isEqualTo(1);
    }

    @Test
    void onlyWhoWasOrderedIsHeld() throws Exception {
        staff.begin(plan(3, TWO));
        work.look();
        fallBack(0, 2, 7);
        assertThat(isHeld(0)).isTrue();
        assertThat(isHeld(2)).isFalse(); // came by itself
        assertThat(isHeld(7)).isFalse(); // of no campaign

        thePvaIsAsked(0);
        assertThat(isHeld(0)).isFalse();
    }

    @Test
    void oneWhoseOrderIsNotYetNotedIsHeld() throws Exception {
        unknownToTheIvf.addAll(Set.of(device(0), device(1), device(2)));
        answerIsLost = true;
        staff.begin(plan(3, TWO));
        work.look();
        fallBack(0);
        assertThat(isHeld(0)).isTrue();

        answerIsLost = false;
        register(0, ResultCode.OK);
        work.look();
        assertThat(isHeld(0)).isTrue();
        assertThat(count(Outcome.ORDERED)).isEqualTo(1);
    }

    @Test
    void inNoMinuteAreThereMoreTurnsThanTheLimitSays() {
        assertThat(turn()).isZero();
        clock.advance(Duration.ofSeconds(20));
        assertThat(turn()).isZero();
        clock.advance(Duration.ofSeconds(20));
        assertThat(turn()).isEqualTo(Duration.ofSeconds(20));

        clock.advance(Duration.ofSeconds(20));
        assertThat(turn()).isZero();
        assertThat(turn()).isEqualTo(Duration.ofSeconds(20));
    }

    @Test
    void thereAreTurnsAlsoWhenTheClockIsSetBack() {
        assertThat(turn()).isZero();
        assertThat(turn()).isZero();
        clock.advance(Duration.ofDays(-1));
        assertThat(turn()).isZero();
    }
}
