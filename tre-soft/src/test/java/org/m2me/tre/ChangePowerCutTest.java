// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.m2me.hal.TrustedEnvironment;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;
import org.m2me.tre.store.MemoryDisk;
import org.m2me.tre.store.MemoryDisk.Cut;

/** The power goes in every operation on the disk of every procedure that the owner can order. */
class ChangePowerCutTest {
    private final TestNetwork network = new TestNetwork();
    private final AkaKey old = TestNetwork.freshKey();
    private TestDevice subscribed;
    private AkaKey added;

    /** With the subscription of one operator in use, and that of a third one beside it. */
    @BeforeEach
    void subscribe() throws Exception {
        subscribed = new TestDevice(network);
        try (SoftTrustedEnvironment environment = subscribed.start()) {
            environment.install(
                    subscribed.envelope(network.home, TestNetwork.register(environment, network.home), old));
            environment.confirmActive();
            environment.reportAcknowledged();
            TestChange add = new TestChange(subscribed, 1, Procedure.ADD, network.third);
            add.run(environment);
            added = add.key;
            environment.reportAcknowledged();
            environment.answerAcknowledged(environment.owedAnswer().orElseThrow());
        }
    }

    private TestChange change(Procedure procedure) {
        boolean third = procedure == Procedure.SWITCH || procedure == Procedure.ADD; // there is room for no fourth
        return new TestChange(subscribed, 2, procedure, third ? network.third : network.other);
    }

    private int operationsOf(TestChange change) throws Exception {
        TestDevice device = subscribed.copy();
        try (SoftTrustedEnvironment environment = device.start()) {
            int before = device.disk.operations();
            change.run(environment);
            return device.disk.operations() - before;
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CHANGE", "PRISTINE", "ADD", "SWITCH"})
    void goesOnToItsEndWhereverItIsCut(Procedure procedure) throws Exception {
        int all = operationsOf(change(procedure));
        assertThat(all).isGreaterThanOrEqualTo(8);
        for (Cut cut : Cut.values()) {
            for (int operations = 0; operations < all; operations++) {
                TestChange change = change(procedure);
                SoftTrustedEnvironment after = cutDuring(subscribed.copy(), change::run, cut, operations);
                TestChange.assertSound(after, network.pcidKey, List.of(old, added, change.key));
                change.run(after);
                assertDone(after, change);
                after.close();
            }
        }
    }

    private interface Action {
        void on(TrustedEnvironment environment) throws Exception;
    }

    private static SoftTrustedEnvironment cutDuring(TestDevice device, Action action, Cut cut, int operations)
            throws Exception {
        SoftTrustedEnvironment environment = device.start();
        device.disk.cutAfter(operations);
        assertThatThrownBy(() -> action.on(environment)).isInstanceOf(MemoryDisk.PowerCut.class);
        return TestDevice.start(device.disk.afterwards(cut));
    }

    private void assertDone(SoftTrustedEnvironment environment, TestChange change) throws Exception {
        TestChange.assertSound(environment, network.pcidKey, List.of(old, added, change.key));
        assertThat(environment.change()).isEmpty();
        assertThat(TestChange.answer(environment).ended()).isTrue();
        assertThat(TestChange.answer(environment).code()).isEqualTo(ResultCode.OK);
        assertThat(change.report(environment).code()).isEqualTo(ResultCode.OK);
        boolean discards = change.procedure == Procedure.CHANGE || change.procedure == Procedure.PRISTINE;
        assertThat(change.releases(environment)).hasSize(discards ? 1 : 0);
        AkaKey expected = switch (change.procedure) {
            case ADD -> old;
            case SWITCH -> added;
            default -> change.key;
        };
        assertThat(TestChange.works(environment.usim(), expected)).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void isBackOrNotYetWhereverTheWayBackIsCut(Cut cut) throws Exception {
        TestChange change = change(Procedure.CHANGE);
        try (SoftTrustedEnvironment environment = subscribed.start()) {
            change.run(environment);
        }
        for (int operations = 0; operations < 8; operations++) { // the second write erases what never worked
            SoftTrustedEnvironment after = cutDuring(subscribed.copy(), TrustedEnvironment::fallBack, cut, operations);
            TestChange.assertSound(after, network.pcidKey, List.of(old, added, change.key));
            boolean back = TestChange.works(after.usim(), added);
            assertThat(change.report(after).code()).isEqualTo(back ? ResultCode.AUTHENTICATION_FAILED : ResultCode.OK);
            after.close();
        }
    }

    @Test
    void staysWithTheOldOneWhenTheDiskFailsBeforeItIsDiscardedAndGoesOnAfterwards() throws Exception {
        for (int operations = 0; operations < 16; operations++) { // taken, staged, discarded, erased
            TestChange change = change(Procedure.CHANGE);
            TestDevice device = subscribed.copy();
            SoftTrustedEnvironment environment = device.start();
            device.disk.failAfter(operations);
            assertThatThrownBy(() -> change.run(environment)).isInstanceOf(Exception.class);
            if (isInDoubt(environment)) {
                device.disk.repair();
                environment.close();
                try (SoftTrustedEnvironment again = device.start()) {
                    change.run(again);
                    assertDone(again, change);
                }
            } else {
                TestChange.assertSoundWithoutWriting(environment);
                device.disk.repair();
                change.run(environment);
                assertDone(environment, change);
                environment.close();
            }
        }
    }

    /** The disk may have taken what it said it had not: nothing is told until it is opened again. */
    private static boolean isInDoubt(SoftTrustedEnvironment environment) {
        try {
            return environment.pcid().isEmpty();
        } catch (IllegalStateException inDoubt) {
            return true;
        }
    }
}
