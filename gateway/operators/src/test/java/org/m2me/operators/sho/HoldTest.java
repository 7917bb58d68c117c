// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import static org.assertj.core.api.Assertions.assertThat;
import static org.m2me.operators.World.OPERATOR;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.m2me.operators.Machine;
import org.m2me.operators.Sho;
import org.m2me.operators.Sho.Hold;
import org.m2me.operators.Sho.Progress;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Step;

/** A device that was refused for good, until the operator lifts that; and a registration that came to nothing in time. */
final class HoldTest extends ShoFixture {
    private void refuse(Machine of, ResultCode code) throws Refused {
        Nonce nonce = register(of);
        sho.validated(new Sho.Validation(nonce, of.ueid, code, Optional.empty()));
        assertThat(awaitRefusal(nonce)).isEqualTo(code);
    }

    @ParameterizedTest
    @EnumSource(
            value = ResultCode.class,
            names = {
                "COMPONENT_MISMATCH",
                "CREDENTIAL_EXPIRED",
                "CREDENTIAL_REVOKED",
                "CREDENTIAL_INVALID",
                "EVIDENCE_INVALID",
                "ROLLED_BACK",
                "POLICY"
            })
    void refusesADeviceThatWasRefusedForGoodWithoutAskingThePvaAgain(ResultCode code) throws Exception {
        refuse(machine, code);
        int asked = pva.requests.size();

        assertThat(refusal(this::register)).isEqualTo(code);
        restart();
        assertThat(refusal(this::register)).isEqualTo(code);

        awaitIdle();
        assertThat(pva.requests).hasSize(asked);
        assertThat(world.codes(Step.REGISTER_WITH_SHO)).containsExactly(ResultCode.OK, code, code);
        assertThat(count("registration")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = ResultCode.class,
            names = {"REFERENCE_VALUES_MISSING", "EVIDENCE_STALE", "UNAVAILABLE", "BUSY", "UNKNOWN_DEVICE"})
    void holdsNobodyForWhatPasses(ResultCode code) throws Exception {
        refuse(machine, code);

        assertThat(sho.holds(Optional.empty())).isEmpty();
        validate(register());
    }

    @Test
    void tellsACampaignThatADeviceWhichIsHeldWillNotArrive() throws Exception {
        refuse(machine, ResultCode.COMPONENT_MISMATCH);
        assertThat(after(1)).contains(ResultCode.COMPONENT_MISMATCH);
        sho.lift(machine.ueid);
        assertThat(after(1)).isEmpty();
        provision();
        assertThat(after(1)).contains(ResultCode.OK);
    }

    @Test
    void tellsACampaignThatADeviceArrivedWhoseRegistrationTheClockPutsBeforeTheOrder() throws Exception {
        refuse(machine, ResultCode.EVIDENCE_STALE);
        world.clock.advance(Duration.ofSeconds(-30));
        assertThat(after(1)).isEmpty();
        provision();
        assertThat(after(1)).contains(ResultCode.OK);
        assertThat(after(2)).isEmpty();
    }

    private Optional<ResultCode> after(long number) throws SQLException {
        try (Connection connection = world.connect("sho." + OPERATOR, "sho.db")) {
            ArrivedDevices arrived = new ArrivedDevices();
            assertThat(arrived.newest(connection, machine.ueid)).isBetween(1L, 2L);
            return arrived.after(connection, machine.ueid, number);
        }
    }

    @Test
    void provisionsADeviceOnceItsHoldIsLifted() throws Exception {
        Instant before = world.clock.instant();
        refuse(machine, ResultCode.COMPONENT_MISMATCH);
        List<Hold> holds = sho.holds(Optional.empty());
        assertThat(holds).hasSize(1);
        assertThat(holds.get(0).device()).isEqualTo(machine.ueid);
        assertThat(holds.get(0).code()).isEqualTo(ResultCode.COMPONENT_MISMATCH);
        assertThat(holds.get(0).since()).isBetween(before, world.clock.instant());

        sho.lift(machine.ueid);
        sho.lift(machine.ueid);
        restart();

        assertThat(sho.holds(Optional.empty())).isEmpty();
        Nonce nonce = provision();
        assertThat(sho.registrations(machine.ueid))
                .filteredOn(standing -> standing.registration().equals(nonce))
                .extracting(Sho.Standing::progress)
                .containsExactly(Progress.PROVISIONED);
    }

    @Test
    void remembersWhatWasLiftedAndHoldsAgainWhatIsRefusedAgain() throws Exception {
        refuse(machine, ResultCode.COMPONENT_MISMATCH);
        sho.lift(machine.ueid);
        refuse(machine, ResultCode.ROLLED_BACK);

        assertThat(sho.holds(Optional.empty())).extracting(Hold::code).containsExactly(ResultCode.ROLLED_BACK);
        assertThat(count("hold")).isEqualTo(2);
        assertThat(count("hold WHERE lifted IS NOT NULL")).isEqualTo(1);
    }

    @Test
    void liftsTheHoldOfOneDeviceOnly() throws Exception {
        Machine other = new Machine(world.random);
        sho.contract(contract(other));
        refuse(machine, ResultCode.COMPONENT_MISMATCH);
        refuse(other, ResultCode.COMPONENT_MISMATCH);

        sho.lift(other.ueid);
        sho.lift(new Machine(world.random).ueid);

        assertThat(sho.holds(Optional.empty())).extracting(Hold::device).containsExactly(machine.ueid);
    }

    @Test
    void showsHoldsPageByPage() throws Exception {
        List<Ueid> held = new ArrayList<>();
        for (int i = 0; i < 101; i++) {
            Machine one = new Machine(world.random);
            sho.contract(contract(one));
            Nonce nonce = register(one);
            sho.validated(new Sho.Validation(nonce, one.ueid, ResultCode.POLICY, Optional.empty()));
            held.add(one.ueid);
        }

        List<Hold> first = sho.holds(Optional.empty());
        List<Hold> second = sho.holds(Optional.of(first.get(99).device()));

        assertThat(first).hasSize(100);
        assertThat(second).hasSize(1);
        List<Hold> all = new ArrayList<>(first);
        all.addAll(second);
        assertThat(all).extracting(Hold::device).containsExactlyInAnyOrderElementsOf(held);
    }

    @Test
    void keepsTheLiveSubscriptionOfADeviceThatIsHeldLater() throws Exception {
        provision();
        refuse(machine, ResultCode.COMPONENT_MISMATCH);

        assertThat(count("auc_subscription")).isEqualTo(1);
        assertThat(sho.subscription(FIRST, "vno").apns()).containsExactly(APN);
    }

    @Test
    void endsARegistrationWhoseValidationNeverComesSoThatTheDeviceMayTryLater() throws Exception {
        Instant begun = world.clock.instant();
        Nonce nonce = register();
        awaitIdle();
        Instant nearlyOver = begun.plus(TimeLimit.VALIDATION).minus(Duration.ofMinutes(1));
        world.clock.advance(Duration.between(world.clock.instant(), nearlyOver));
        restart();
        assertThat(drf.refusals).isEmpty();

        world.clock.advance(Duration.ofMinutes(2));

        assertThat(awaitRefusal(nonce)).isEqualTo(ResultCode.UNAVAILABLE);
        assertThat(world.codes(Step.REPORT_VALIDATION)).containsExactly(ResultCode.UNAVAILABLE);
        validate(nonce);
        awaitIdle();
        assertThat(dpf.orders).isEmpty();
        provision();
    }

    /** A registration whose MCIM waited until the time for it was over. */
    private Nonce missed() throws Exception {
        Nonce nonce = register();
        validate(nonce);
        order(nonce);
        awaitIdle();
        world.clock.advance(settings.authorisation());
        assertThat(awaitRefusal(nonce)).isEqualTo(ResultCode.EVIDENCE_STALE);
        return nonce;
    }

    @Test
    void endsARegistrationWhoseMcimWasNotFetchedWhileItsValidationWasFresh() throws Exception {
        Nonce unused = missed();

        provision();
        assertThat(count("auc_subscription")).isEqualTo(1);
    }

    @Test
    void takesTheReportOfADeviceThatInstalledItsMcimAtTheLastMoment() throws Exception {
        Nonce nonce = missed();

        report(nonce, ResultCode.OK);

        assertThat(sho.registrations(machine.ueid))
                .extracting(Sho.Standing::progress)
                .containsExactly(Progress.PROVISIONED);
        assertThat(sho.subscription(FIRST, "vno").apns()).containsExactly(APN);
    }

    @Test
    void letsADeviceReportThatInstalledItsMcimAndWasOffUntilItsTimeWasOver() throws Exception {
        Nonce unused = missed();

        assertThat(sho.subscription(FIRST, "vno").apns()).containsExactly(APN);
    }

    @Test
    void leavesNoTimeLimitBehind() throws Exception {
        provision();
        refuse(machine, ResultCode.EVIDENCE_STALE);
        awaitIdle();

        assertThat(world.number("sho." + OPERATOR, "sho.db", "SELECT COUNT(*) FROM outbox"))
                .isZero();
    }
}
