// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.m2me.operators.Campaigns.Limits;
import org.m2me.operators.Campaigns.Outcome;
import org.m2me.operators.Campaigns.Plan;
import org.m2me.operators.Campaigns.Row;
import org.m2me.operators.Campaigns.State;
import org.m2me.operators.Count;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;

/** A device that was counted as done and then left its new subscription by itself: what its campaign says from then on. */
final class FellBackTest extends CampaignFixture {
    private static final Duration LATER = Duration.ofHours(3);

    /** In waves of two, each device once; stops at half. */
    private void begin(String name, int devices) throws Refused {
        Limits limits = new Limits(2, 50, 86_400, 1, 100, 100, 100);
        staff.begin(new Plan(name, "fleet", Procedure.CHANGE, devices(devices), limits, Optional.empty()));
        look();
    }

    private void look() {
        clock.advance(Duration.ofSeconds(1));
        work.look();
        work.look();
    }

    private void arriveAndLook(int... numbers) {
        clock.advance(Duration.ofSeconds(1));
        arrive(numbers);
        look();
    }

    private void fallBack(int number) {
        long by = newest(number);
        database.change(connection -> CampaignEngine.fellBack(connection, device(number), by, clock.instant()));
    }

    private Row row(String name, int number) throws Refused {
        return staff.rows(name, number).get(0);
    }

    private List<Count> outcomes(String name) throws Refused {
        return staff.status(name).outcomes();
    }

    @Test
    void correctsACampaignThatIsOverAndDoesNotStartItAgain() throws Exception {
        begin("c", 2);
        arriveAndLook(0, 1);
        assertThat(staff.status("c").state()).isEqualTo(State.ENDED);
        clock.advance(LATER);
        Instant then = clock.instant();

        fallBack(1);
        look();
        assertThat(staff.status("c").state()).isEqualTo(State.ENDED);
        assertThat(outcomes("c")).containsExactly(new Count("DONE", 1), new Count("FELL_BACK", 1));
        assertThat(row("c", 1).outcome()).isEqualTo(Outcome.FELL_BACK);
        assertThat(row("c", 1).code()).isEqualTo(ResultCode.AUTHENTICATION_FAILED);
        assertThat(row("c", 1).ended()).contains(then);
        assertThat(row("c", 1).tries()).isEqualTo(1);
        assertThat(row("c", 0).outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void correctsOnceAlsoAcrossARestart() throws Exception {
        begin("c", 2);
        arriveAndLook(0, 1);
        fallBack(0);
        Row corrected = row("c", 0);
        clock.advance(LATER);
        database.close();
        open();
        fallBack(0);
        assertThat(row("c", 0)).isEqualTo(corrected);
    }

    @Test
    void stopsACampaignThatRuns() throws Exception {
        begin("c", 4);
        arriveAndLook(0, 1);
        assertThat(staff.status("c").state()).isEqualTo(State.RUNNING);
        fallBack(0);
        look();
        assertThat(staff.status("c").state()).isEqualTo(State.STOPPED);
        assertThat(staff.status("c").reason()).isEqualTo("1 of 2 devices failed; the limit is 50 %");
    }

    @Test
    void countsAgainstACampaignThatWasResumedBeforeThat() throws Exception {
        begin("c", 12);
        arriveAndLook(0, 1);
        arriveAndLook(2, 3);
        fallBack(0);
        fallBack(1);
        look();
        assertThat(staff.status("c").reason()).isEqualTo("2 of 4 devices failed; the limit is 50 %");
        staff.resume("c");
        arriveAndLook(4, 5);
        assertThat(staff.status("c").state()).isEqualTo(State.RUNNING);
        fallBack(2);
        look();
        assertThat(staff.status("c").state()).isEqualTo(State.RUNNING); // one of three
        fallBack(3);
        fallBack(4);
        look();
        assertThat(staff.status("c").reason()).isEqualTo("3 of 4 devices failed; the limit is 50 %");
    }

    @Test
    void correctsTheCampaignThatBroughtItAndNoOther() throws Exception {
        begin("first", 1);
        arriveAndLook(0);
        clock.advance(LATER);
        begin("second", 1); // it was with another operator in between
        arriveAndLook(0);
        fallBack(0);
        assertThat(row("first", 0).outcome()).isEqualTo(Outcome.DONE);
        assertThat(row("second", 0).outcome()).isEqualTo(Outcome.FELL_BACK);
    }

    @Test
    void leavesACampaignAloneThatHadDoneItsPartBefore() throws Exception {
        begin("c", 1);
        arriveAndLook(0);
        clock.advance(LATER);
        register(0, ResultCode.OK); // its owner ordered it away and back since then
        fallBack(0);
        assertThat(row("c", 0).outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void saysSoOfADeviceThatFellBackBeforeItWasSeenToBeDone() throws Exception {
        begin("c", 2);
        register(0, ResultCode.AUTHENTICATION_FAILED);
        register(1, ResultCode.COMPONENT_MISMATCH);
        look();
        assertThat(row("c", 0).outcome()).isEqualTo(Outcome.FELL_BACK);
        assertThat(row("c", 1).outcome()).isEqualTo(Outcome.FAILED);
    }

    @Test
    void isShownWhereverAPersonLooks() throws Exception {
        begin("c", 2);
        arriveAndLook(0, 1);
        fallBack(1);
        assertThat(CampaignReport.table(staff.status("c"))).contains("  FELL_BACK            1   50 %  ####");
        assertThat(CampaignReport.isWell(staff.status("c"))).isFalse();
        assertThat(CampaignReport.list(staff.campaigns()).lines().map(line -> line.replaceAll(" +", " ")))
                .containsExactly("CAMPAIGN STATE WAVE DONE FAILED FELL_BACK OFFLINE OPEN", "c ENDED 1/1 1 0 1 0 0");
        Path file = directory.resolve("c.csv");
        assertThat(CampaignReport.export(staff, "c", file)).isEqualTo(2);
        assertThat(Files.readAllLines(file).get(2))
                .startsWith(device(1).hex() + ",1,FELL_BACK,AUTHENTICATION_FAILED,1,2026-11-22T");
    }
}
