// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import static org.assertj.core.api.Assertions.assertThat;
import static org.m2me.operators.World.OPERATOR;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.m2me.operators.AuthenticationCentre.VectorRequest;
import org.m2me.operators.Machine;
import org.m2me.operators.Sho;
import org.m2me.operators.Sho.Progress;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.Release;
import org.m2me.protocol.message.ReleaseAcknowledgement;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;
import org.m2me.protocol.step.Step;

/** A device leaves this operator, comes to it, or comes back. */
final class DepartureTest extends ShoFixture {
    private Opaque release(Nonce registration) throws Refused {
        return sho.released(machine.ueid, Opaque.of(machine.release(registration, OPERATOR)));
    }

    private Progress progress() {
        return sho.registrations(machine.ueid).get(0).progress();
    }

    @Test
    void acknowledgesWithItsSignatureThatTheDeviceLeft() throws Exception {
        Nonce nonce = provision();
        Opaque acknowledgement = release(nonce);
        ReleaseAcknowledgement read = ReleaseAcknowledgement.verify(
                acknowledgement.bytes(), List.of(world.authority.certificate()), world.clock.instant());
        assertThat(read.device()).isEqualTo(machine.ueid);
        assertThat(progress()).isEqualTo(Progress.RELEASED);
        assertThat(count("auc_subscription")).isZero();
        assertThat(refusal(this::register)).isEqualTo(ResultCode.NO_CONTRACT);
        assertThat(world.taken()).endsWith(Step.REPORT_DISCARD, Step.ACKNOWLEDGE_DISCARD);
    }

    @Test
    void givesTheSameAcknowledgementHoweverOftenItIsTold() throws Exception {
        Nonce nonce = provision();
        Opaque first = release(nonce);
        assertThat(release(nonce)).isEqualTo(first);
        restart();
        assertThat(release(nonce)).isEqualTo(first);
        assertThat(world.codes(Step.REPORT_DISCARD)).containsExactly(ResultCode.OK);
    }

    @Test
    void doesNotBelieveThatADeviceLeftWithoutItsSignature() throws Exception {
        Nonce nonce = provision();
        byte[] forged = new Release(nonce, machine.ueid, OPERATOR, 8).sign(P256PrivateKey.generate(world.random));
        assertThat(refusal(() -> sho.released(machine.ueid, Opaque.of(forged)))).isEqualTo(ResultCode.FORBIDDEN);
        byte[] other = machine.release(nonce, Plmn.parse("262-02"));
        assertThat(refusal(() -> sho.released(machine.ueid, Opaque.of(other)))).isEqualTo(ResultCode.FORBIDDEN);
        assertThat(refusal(() -> sho.released(machine.ueid, Opaque.hex("00")))).isEqualTo(ResultCode.FORBIDDEN);
        assertThat(refusal(() -> release(nonce()))).isEqualTo(ResultCode.NOT_FOUND);
        Machine thief = new Machine(world.random);
        byte[] stolen = new Release(nonce, thief.ueid, OPERATOR, 8).sign(thief.platformKey);
        assertThat(refusal(() -> sho.released(thief.ueid, Opaque.of(stolen)))).isEqualTo(ResultCode.NOT_FOUND);
        assertThat(progress()).isEqualTo(Progress.PROVISIONED);
    }

    @Test
    void countsNothingOfADeviceThatLeft() throws Exception {
        Nonce nonce = provision();
        sho.usage(FIRST, "session-1", 100);
        release(nonce);
        assertThat(refusal(() -> sho.usage(FIRST, "session-1", 200))).isEqualTo(ResultCode.PCID_UNKNOWN);
        assertThat(refusal(() -> sho.vectors(new VectorRequest(FIRST, "vno", 1, Optional.empty(), false))))
                .isEqualTo(ResultCode.PCID_UNKNOWN);
        assertThat(count("auc_session")).isZero();
    }

    @Test
    void givesItsImsiToNobodyWhileANetworkMayStillReportWhatItUsed() throws Exception {
        release(provision());
        sho.contract(contract(machine));
        Nonce next = register();
        validate(next);
        order(next);
        assertThat(sho.registrations(machine.ueid))
                .extracting(Sho.Standing::imsi)
                .contains(Optional.of(new Imsi("262010000000002")));
        report(next, ResultCode.OK);
        release(next);
        world.clock.advance(SubscriptionPool.QUARANTINE);
        sho.contract(contract(machine));
        Nonce last = register();
        validate(last);
        order(last);
        assertThat(sho.registrations(machine.ueid))
                .extracting(Sho.Standing::imsi)
                .contains(Optional.of(FIRST));
    }

    @Test
    void endsTheContractOfASubscriberWhoseDeviceLeftWithoutAWord() throws Exception {
        Nonce nonce = provision();
        assertThat(refusal(() -> sho.cancel(machine.ueid, "somebody"))).isEqualTo(ResultCode.FORBIDDEN);
        assertThat(progress()).isEqualTo(Progress.PROVISIONED);
        sho.cancel(machine.ueid, "fleet");
        sho.cancel(machine.ueid, "fleet");
        assertThat(progress()).isEqualTo(Progress.RELEASED);
        assertThat(count("auc_subscription")).isZero();
        assertThat(count("contract")).isZero();
        Opaque late = release(nonce);
        assertThat(release(nonce)).isEqualTo(late);
    }

    @Test
    void tellsTheDrfOfAContractThatIsOver() throws Exception {
        awaitIdle();
        assertThat(drf.expectations).isNotEmpty();
        sho.cancel(machine.ueid, "fleet");
        awaitIdle();
        assertThat(drf.expectations).isEmpty();
    }

    @Test
    void keepsTheContractOfADeviceThatIsBackWhenItsOldReleaseArrives() throws Exception {
        Nonce first = provision();
        sho.cancel(machine.ueid, "fleet");
        world.clock.advance(Duration.ofSeconds(1));
        sho.contract(contract(machine));
        Nonce second = provision();
        release(first);
        assertThat(count("contract")).isEqualTo(1);
        assertThat(sho.registrations(machine.ueid))
                .filteredOn(one -> one.registration().equals(second))
                .extracting(Sho.Standing::progress)
                .containsExactly(Progress.PROVISIONED);
        assertThat(count("auc_subscription")).isEqualTo(1);
    }

    @Test
    void tellsTheDrfAgainOfADeviceThatIsHandedOverAgain() throws Exception {
        provision();
        awaitIdle();
        int before = drf.expectations.size();
        sho.contract(contract(machine));
        world.await("the DRF is told", () -> drf.expectations.size() == before + 1);
    }

    @Test
    void registersTheSubscriptionOfADeviceThatCameByAChange() throws Exception {
        Nonce nonce = nonce();
        sho.register(new Sho.Registration(nonce, machine.ueid, Optional.empty(), Procedure.PRISTINE, Optional.empty()));
        validate(nonce);
        order(nonce);
        report(nonce, ResultCode.OK);
        report(nonce, ResultCode.OK);
        world.await("the DRF is told", () -> !drf.subscriptions.isEmpty());
        awaitIdle();
        assertThat(drf.subscriptions).hasSize(1);
    }

    @Test
    void registersNoSubscriptionThatIsDormantUntilTheDeviceSwitchesToIt() throws Exception {
        Nonce nonce = nonce();
        sho.register(new Sho.Registration(nonce, machine.ueid, Optional.empty(), Procedure.ADD, Optional.empty()));
        validate(nonce);
        order(nonce);
        report(nonce, ResultCode.OK);
        awaitIdle();
        assertThat(drf.subscriptions).isEmpty();
        report(nonce, ResultCode.OK, 9);
        world.await("the DRF is told", () -> !drf.subscriptions.isEmpty());
        assertThat(world.codes(Step.REPORT_STATUS)).containsExactly(ResultCode.OK, ResultCode.OK);
        assertThat(progress()).isEqualTo(Progress.PROVISIONED);
    }

    @Test
    void takesTheSubscriptionBackThatTheDeviceInstalledAndThatNeverWorked() throws Exception {
        Nonce nonce = provision();
        report(nonce, ResultCode.AUTHENTICATION_FAILED, 6);
        assertThat(progress()).isEqualTo(Progress.PROVISIONED);
        report(nonce, ResultCode.AUTHENTICATION_FAILED, 8);
        report(nonce, ResultCode.AUTHENTICATION_FAILED, 8);
        assertThat(progress()).isEqualTo(Progress.FAILED);
        assertThat(count("auc_subscription")).isZero();
        assertThat(world.codes(Step.REPORT_STATUS)).containsExactly(ResultCode.OK, ResultCode.AUTHENTICATION_FAILED);
    }

    @Test
    void learnsThatAnotherOperatorHasLetTheDeviceGo() throws Exception {
        Nonce nonce = register();
        assertThat(sho.registrations(machine.ueid).get(0).left()).isFalse();
        sho.oldOperatorReleased(nonce, machine.ueid);
        sho.oldOperatorReleased(nonce, machine.ueid);
        assertThat(sho.registrations(machine.ueid).get(0).left()).isTrue();
        assertThat(refusal(() -> sho.oldOperatorReleased(nonce, new Machine(world.random).ueid)))
                .isEqualTo(ResultCode.NOT_FOUND);
    }

    private void report(Nonce registration, ResultCode code, long generation) throws Refused {
        Opaque report = Opaque.of(machine.report(registration, code, generation));
        sho.provisioned(new Sho.Outcome(registration, machine.ueid, code, report));
    }
}
