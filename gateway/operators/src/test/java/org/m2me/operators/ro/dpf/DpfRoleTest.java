// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ro.dpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.m2me.operators.World.OPERATOR;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.m2me.operators.Machine;
import org.m2me.operators.Sho;
import org.m2me.operators.store.StorageFailed;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.DeviceFeed;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Mail;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.message.Verdict;
import org.m2me.protocol.step.Step;

final class DpfRoleTest extends DpfFixture {
    @Test
    void takesAMcimToItsDeviceAndTheDevicesWordToTheOperator() throws Exception {
        Nonce nonce = nonce();
        dpf.authorize(order(nonce, machine.ueid));
        assertThat(mail(machine.ueid)).contains(new Mail.Download(nonce, ENVELOPE));
        byte[] report = machine.report(nonce, ResultCode.OK);
        assertThat(Verdict.decode(report(machine.ueid, report))).isEqualTo(new Verdict(ResultCode.OK));
        assertThat(mail(machine.ueid)).isEmpty();
        world.await("the SHO hears of it", () -> !sho.outcomes.isEmpty());
        assertThat(sho.outcomes)
                .containsExactly(new Sho.Outcome(nonce, machine.ueid, ResultCode.OK, Opaque.of(report)));
        assertThat(world.taken()).containsExactly(Step.AUTHORIZE_PROVISIONING, Step.DOWNLOAD_MCIM, Step.PROVISION_MCIM);
    }

    @Test
    void keepsTheMailUntilTheDeviceReportsAndCountsTheFirstFetchOnly() throws Exception {
        Nonce nonce = nonce();
        dpf.authorize(order(nonce, machine.ueid));
        for (int fetched = 0; fetched < 3; fetched++) {
            assertThat(mail(machine.ueid)).contains(new Mail.Download(nonce, ENVELOPE));
            restart();
        }
        assertThat(world.codes(Step.DOWNLOAD_MCIM)).containsExactly(ResultCode.OK);
    }

    @Test
    void handsOutNothingAnyMoreThatNobodyFetchedWhileItsAuthorisationLasted() throws Exception {
        dpf.authorize(order(nonce(), machine.ueid));
        world.clock.advance(LIFETIME);
        assertThat(mail(machine.ueid)).isEmpty();
        assertThat(world.codes(Step.DOWNLOAD_MCIM)).isEmpty();
        Nonce again = nonce();
        dpf.authorize(order(again, machine.ueid));
        assertThat(mail(machine.ueid)).contains(new Mail.Download(again, ENVELOPE));
        world.clock.advance(LIFETIME);
        assertThat(mail(machine.ueid)).contains(new Mail.Download(again, ENVELOPE));
    }

    @Test
    void showsADeviceItsOwnMailOnly() throws Exception {
        dpf.authorize(order(nonce(), machine.ueid));
        assertThat(mail(new Machine(world.random).ueid)).isEmpty();
        assertThat(world.codes(Step.DOWNLOAD_MCIM)).isEmpty();
    }

    @Test
    void takesAReportAgainAfterALostAnswerAndPassesItOnOnce() throws Exception {
        Nonce nonce = nonce();
        dpf.authorize(order(nonce, machine.ueid));
        mail(machine.ueid);
        byte[] report = machine.report(nonce, ResultCode.MCIM_DAMAGED);
        report(machine.ueid, report);
        restart();
        report(machine.ueid, report);
        world.awaitIdle("dpf", "dpf.db");
        assertThat(sho.outcomes).hasSize(1);
        assertThat(sho.outcomes.get(0).code()).isEqualTo(ResultCode.MCIM_DAMAGED);
        assertThat(world.codes(Step.PROVISION_MCIM)).containsExactly(ResultCode.MCIM_DAMAGED);
    }

    @Test
    void refusesAReportFromAnotherDeviceOrOfNothingFetched() throws Exception {
        Nonce nonce = nonce();
        dpf.authorize(order(nonce, machine.ueid));
        byte[] report = machine.report(nonce, ResultCode.OK);
        assertThat(reportRefusal(machine.ueid, report)).isEqualTo(ResultCode.NOT_FOUND);
        mail(machine.ueid);
        assertThat(reportRefusal(new Machine(world.random).ueid, report)).isEqualTo(ResultCode.NOT_FOUND);
        assertThat(reportRefusal(machine.ueid, new byte[] {1})).isEqualTo(ResultCode.MALFORMED);
        assertThat(reportRefusal(machine.ueid, new byte[DeviceResource.REPORT.sizeMax() + 1]))
                .isEqualTo(ResultCode.TOO_LARGE);
        assertThat(sho.outcomes).isEmpty();
    }

    @Test
    void replacesMailThatTheDeviceDidNotReportByTheNextRegistrations() throws Exception {
        Nonce old = nonce();
        dpf.authorize(order(old, machine.ueid));
        mail(machine.ueid);
        Nonce next = nonce();
        dpf.authorize(order(next, machine.ueid));
        assertThat(mail(machine.ueid)).contains(new Mail.Download(next, ENVELOPE));
        report(machine.ueid, machine.report(old, ResultCode.OK));
        world.await("the SHO hears of the old one", () -> !sho.outcomes.isEmpty());
        assertThat(mail(machine.ueid)).contains(new Mail.Download(next, ENVELOPE));
    }

    @Test
    void tellsTheOperatorAfterARestartWhatItOwed() throws Exception {
        peers.set(OPERATOR, null);
        Nonce nonce = nonce();
        dpf.authorize(order(nonce, machine.ueid));
        mail(machine.ueid);
        report(machine.ueid, machine.report(nonce, ResultCode.OK));
        restart();
        peers.set(OPERATOR, sho);
        world.await("the SHO hears of it", () -> !sho.outcomes.isEmpty());
    }

    @Test
    void announcesMailInItsFeedAndAgainAfterARestart() throws Exception {
        DeviceFeed before = dpf.feed(0, Duration.ZERO);
        dpf.authorize(order(nonce(), machine.ueid));
        assertThat(dpf.feed(before.latest(), Duration.ofSeconds(20)).devices()).containsExactly(machine.ueid);
        restart();
        assertThat(dpf.feed(before.latest(), Duration.ofSeconds(20)).devices()).containsExactly(machine.ueid);
    }

    @Test
    void keepsNothingThatTheDatabaseDoesNotKeepWhole() throws Exception {
        Nonce nonce = nonce();
        dpf.authorize(order(nonce, machine.ueid));
        mail(machine.ueid);
        restart(() -> world.fill("dpf", "dpf.db", "outbox"));
        byte[] report = machine.report(nonce, ResultCode.OK);
        assertThatThrownBy(() -> report(machine.ueid, report)).isInstanceOf(StorageFailed.class);
        assertThat(mail(machine.ueid)).contains(new Mail.Download(nonce, ENVELOPE));
        restart(() -> world.free("dpf", "dpf.db"));
        report(machine.ueid, report);
        world.await("the SHO hears of it", () -> !sho.outcomes.isEmpty());
    }
}
