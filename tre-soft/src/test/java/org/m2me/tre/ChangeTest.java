// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.m2me.hal.TrustException;
import org.m2me.hal.TrustedEnvironment.Change;
import org.m2me.hal.TrustedEnvironment.Stage;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.Hashes;
import org.m2me.protocol.evidence.MeasuredComponent;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.OrderAnswer;
import org.m2me.protocol.message.ProvisioningReport;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;

/** What the owner of a device can have done, and nobody else. */
class ChangeTest extends ChangeFixture {
    @Test
    void changesOverTheOldOperatorsConnectivityStepByStep() throws Exception {
        TestChange change = change(1, Procedure.CHANGE, network.other);
        Change ordered = environment.order(change.order);
        assertThat(ordered.stage()).isEqualTo(Stage.ORDERED);
        assertThat(ordered.operator()).isEqualTo("208-15");
        assertThat(TestChange.answer(environment))
                .isEqualTo(new OrderAnswer(new Nonce(Opaque.hex(ordered.id())), ResultCode.OK, false));
        byte[] envelope = change.envelope(environment);
        Nonce registration = new Nonce(Opaque.of(environment.openRegistration()));
        environment.stage(envelope);
        environment.stage(envelope); // the network sends it again, not knowing
        assertThat(environment.change())
                .hasValueSatisfying(it -> assertThat(it.stage()).isEqualTo(Stage.STAGED));
        assertThat(operator()).isEqualTo("262-01");
        assertThat(TestChange.works(environment.usim(), old)).isTrue();
        assertThat(environment.owedReleases()).isEmpty();

        environment.discard();
        environment.discard();
        assertThat(environment.active()).isEmpty();
        assertThat(TestNetwork.imsi(environment.usim())).isEqualTo(TestNetwork.PCID);
        assertThat(change.releases(environment)).singleElement().satisfies(release -> {
            assertThat(release.registration()).isEqualTo(oldRegistration);
            assertThat(release.operator()).isEqualTo(network.home.plmn());
            assertThat(release.device()).isEqualTo(device.ueid());
            assertThat(release.storeGeneration()).isLessThan(environment.storeGeneration());
        });
        assertThat(environment.owedReleases().get(0).change().map(Opaque::of)).hasValue(registration.value());

        environment.completeChange();
        environment.completeChange();
        assertThat(operator()).isEqualTo("208-15");
        assertThat(change.report(environment))
                .isEqualTo(new ProvisioningReport(registration, ResultCode.OK, environment.storeGeneration()));
        assertThat(TestChange.answer(environment).ended()).isTrue();
        restart();
        TestChange.assertSound(environment, network.pcidKey, List.of(old, change.key));
        environment.releaseAcknowledged(new byte[] {1});
        assertThat(environment.owedReleases()).hasSize(1);
        environment.releaseAcknowledged(environment.owedReleases().get(0).release());
        assertThat(environment.owedReleases()).isEmpty();
    }

    @Test
    void goesByWayOfThePristineState() throws Exception {
        TestChange change = change(1, Procedure.PRISTINE, network.other);
        environment.order(change.order);
        environment.discard();
        assertThat(environment.active()).isEmpty();
        assertThat(TestChange.works(environment.usim(), network.pcidKey)).isTrue();
        assertThat(environment.owedReleases())
                .singleElement()
                .satisfies(it -> assertThat(it.change()).isEmpty());
        restart();
        environment.closeRegistration(); // an attempt that was refused: the next one is for the same operator still
        environment.install(change.envelope(environment));
        assertThat(operator()).isEqualTo("208-15");
        assertThat(environment.change()).isEmpty();
        assertThat(change.report(environment).code()).isEqualTo(ResultCode.OK);
        assertThat(TestChange.answer(environment).ended()).isTrue();
    }

    @Test
    void keepsTwoSubscriptionsAndSwitchesBetweenThem() throws Exception {
        TestChange add = change(1, Procedure.ADD, network.other);
        add.run(environment);
        assertThat(operator()).isEqualTo("262-01");
        assertThat(environment.owedReleases()).isEmpty();
        TestChange.assertSound(environment, network.pcidKey, List.of(old, add.key));
        environment.order(device.ownersOrder(2, Procedure.SWITCH, network.other));
        environment.completeChange();
        assertThat(environment.active()).hasValueSatisfying(it -> {
            assertThat(it.operator()).isEqualTo("208-15");
            assertThat(it.confirmed()).isFalse();
        });
        assertThat(add.report(environment).code()).isEqualTo(ResultCode.OK);
        restart();
        assertThat(TestChange.works(environment.usim(), add.key)).isTrue();
        environment.confirmActive();
        environment.order(device.ownersOrder(3, Procedure.SWITCH, network.home));
        environment.completeChange();
        assertThat(add.report(environment).registration()).isEqualTo(oldRegistration);
        assertThat(TestChange.works(environment.usim(), old)).isTrue();
    }

    @Test
    void leavesASubscriptionThatIsKeptAloneWhenTheActiveOneIsChanged() throws Exception {
        TestChange add = change(1, Procedure.ADD, network.third);
        add.run(environment);
        TestChange change = change(2, Procedure.CHANGE, network.other);
        environment.answerAcknowledged(environment.owedAnswer().orElseThrow());
        change.run(environment);
        assertThat(change.releases(environment)).hasSize(1);
        environment.order(device.ownersOrder(3, Procedure.SWITCH, network.third));
        environment.completeChange();
        assertThat(TestChange.works(environment.usim(), add.key)).isTrue();
    }

    @Test
    void hasNoRoomForAThirdOperatorsSubscriptionUnlessOneGoes() throws Exception {
        change(1, Procedure.ADD, network.third).run(environment);
        assertRefused(ResultCode.QUOTA, device.ownersOrder(2, Procedure.ADD, network.other));
        TestChange again = change(2, Procedure.ADD, network.third);
        environment.order(again.order);
        byte[] newer = device.seal(
                device.order(network.third, TestNetwork.register(environment, network.third), again.key)
                        .numbered(2),
                network.third);
        environment.stage(newer);
        environment.completeChange();
        environment.order(device.ownersOrder(3, Procedure.SWITCH, network.third));
        environment.completeChange();
        assertThat(TestChange.works(environment.usim(), again.key)).isTrue();
    }

    @ParameterizedTest
    @EnumSource(names = {"CHANGE", "PRISTINE", "ADD"})
    void bindsAndTakesNobodyButTheOrderedOperator(Procedure procedure) throws Exception {
        environment.order(device.ownersOrder(1, procedure, network.other));
        if (procedure == Procedure.PRISTINE) {
            environment.discard();
        }
        TrustException refused = assertThrows(
                TrustException.class, () -> environment.bindOperator(network.third.name(), network.third.der()));
        assertThat(TestNetwork.code(refused)).isEqualTo(ResultCode.MCIM_WRONG_OPERATOR);
        Nonce registration = TestNetwork.register(environment, network.other);
        byte[] foreign = device.envelope(network.third, registration, TestNetwork.freshKey());
        assertThatThrownBy(() -> take(procedure, foreign)).isInstanceOf(TrustException.class);
        assertThat(new TestChange(device, 9, procedure, network.other)
                        .report(environment)
                        .code())
                .isEqualTo(ResultCode.MCIM_WRONG_OPERATOR);
        take(procedure, device.envelope(network.other, registration, TestNetwork.freshKey()));
    }

    private void take(Procedure procedure, byte[] envelope) throws Exception {
        if (procedure == Procedure.PRISTINE) {
            environment.install(envelope);
        } else {
            environment.stage(envelope);
        }
    }

    @Test
    void staysWithTheOldOperatorWhenTheMcimIsBadAndTakesARightOne() throws Exception {
        TestChange change = change(1, Procedure.CHANGE, network.other);
        environment.order(change.order);
        byte[] right = change.envelope(environment);
        assertThatThrownBy(() -> environment.stage(Arrays.copyOf(right, 100))).isInstanceOf(TrustException.class);
        assertThat(change.report(environment).code()).isEqualTo(ResultCode.MCIM_DAMAGED);
        assertThatThrownBy(() -> environment.discard()).isInstanceOf(IllegalStateException.class);
        assertThat(TestChange.works(environment.usim(), old)).isTrue();
        environment.stage(right);
        environment.discard();
    }

    @Test
    void stagesNothingAndInstallsNothingWithoutTheOrderForIt() throws Exception {
        Nonce registration = TestNetwork.register(environment, network.other);
        byte[] envelope = device.envelope(network.other, registration, TestNetwork.freshKey());
        TrustException refused = assertThrows(TrustException.class, () -> environment.stage(envelope));
        assertThat(TestNetwork.code(refused)).isEqualTo(ResultCode.NOT_AUTHORIZED);
        assertThatThrownBy(() -> environment.discard()).isInstanceOf(IllegalStateException.class);
        TestChange change = change(1, Procedure.CHANGE, network.other);
        environment.order(change.order);
        byte[] ordered = change.envelope(environment);
        assertThatThrownBy(() -> environment.install(ordered)).isInstanceOf(TrustException.class);
        assertThat(operator()).isEqualTo("262-01");
    }

    @Test
    void erasesTheDiscardedKeyFromBothCopies() throws Exception {
        TestChange change = change(1, Procedure.CHANGE, network.other);
        environment.order(change.order);
        environment.stage(change.envelope(environment));
        environment.discard();
        TestDevice older = device.copy();
        older.disk.tamper(older.disk.newest(), new byte[0]);
        SoftTrustedEnvironment fallenBack = older.start(); // from the older copy
        assertThat(fallenBack.change())
                .hasValueSatisfying(it -> assertThat(it.stage()).isEqualTo(Stage.DISCARDED));
        assertThat(fallenBack.active()).isEmpty();
        assertThat(TestChange.works(fallenBack.usim(), old)).isFalse();
    }

    @Test
    void erasesAStagedKeyThatIsGivenUpFromBothCopies() throws Exception {
        TestChange change = change(1, Procedure.CHANGE, network.other);
        environment.order(change.order);
        environment.stage(change.envelope(environment));
        environment.abandonChange(ResultCode.POLICY.number());
        for (boolean newest : new boolean[] {true, false}) {
            TestDevice copy = device.copy();
            if (newest) {
                copy.disk.tamper(copy.disk.newest(), new byte[0]);
            }
            try (Memory memory = Memory.open(copy.disk, TestNetwork.RANDOM)) {
                assertThat(memory.state().subscriptions().slots()).hasSize(2);
            }
        }
    }

    @Test
    void opensTheSlotOfOneOperatorInNoOthersName() throws Exception {
        change(1, Procedure.ADD, network.other).run(environment);
        environment.answerAcknowledged(environment.owedAnswer().orElseThrow());
        TestChange staged = change(2, Procedure.CHANGE, network.third);
        environment.order(staged.order);
        environment.stage(staged.envelope(environment));
        environment.close();
        try (Memory memory = Memory.open(device.disk, TestNetwork.RANDOM)) {
            List<UsimSlot> slots = memory.state().subscriptions().slots();
            assertThat(slots).hasSize(4);
            for (UsimSlot slot : slots) {
                slot.openKey(memory.vault()).close();
                for (UsimSlot other : slots) {
                    if (other.number() != slot.number()) {
                        assertThatThrownBy(() -> slot.key()
                                        .open(other.number(), other.identity().operator(), memory.vault()))
                                .isInstanceOf(ForgedException.class);
                        assertThatThrownBy(() -> slot.key()
                                        .open(slot.number(), other.identity().operator(), memory.vault()))
                                .isInstanceOf(ForgedException.class);
                    }
                }
            }
        }
    }

    @Test
    void owesReleasesToSeveralOperatorsThatAreGone() throws Exception {
        TestChange first = change(1, Procedure.CHANGE, network.other);
        first.run(environment);
        environment.answerAcknowledged(environment.owedAnswer().orElseThrow());
        TestChange second = change(2, Procedure.PRISTINE, network.third);
        second.run(environment);
        assertThat(second.releases(environment))
                .extracting(release -> release.operator().toString())
                .containsExactly("262-01", "208-15");
        environment.releaseAcknowledged(environment.owedReleases().get(0).release());
        restart();
        assertThat(second.releases(environment))
                .extracting(release -> release.operator().toString())
                .containsExactly("208-15");
    }

    @Test
    void tellsOneFirmwareFromAnother() {
        Opaque digest = Opaque.of(Hashes.sha256(new byte[] {1}));
        environment.measure("agent", "1.0", digest.bytes());
        byte[] firmware = environment.firmware();
        assertThat(Opaque.of(firmware))
                .isEqualTo(MeasuredComponent.firmware(List.of(new MeasuredComponent("agent", "1.0", digest))));
        environment.measure("agent", "1.1", digest.bytes());
        assertThat(environment.firmware()).isNotEqualTo(firmware);
    }
}
