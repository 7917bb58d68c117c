// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.m2me.tre.TestNetwork.authenticate;
import static org.m2me.tre.TestNetwork.success;
import static org.m2me.tre.TestNetwork.vector;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.m2me.hal.TrustException;
import org.m2me.hal.TrustedEnvironment;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.AuthenticationVector;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.message.ProvisioningReport;
import org.m2me.protocol.message.ResultCode;
import org.m2me.tre.store.MemoryDisk;
import org.m2me.tre.store.MemoryDisk.Cut;

/** The power goes in every operation on the disk, and each time everything or nothing of what was not forced is left. */
class PowerCutTest {
    private static final int WRITE = 4; // operations of one write of the state
    private static final long SQN = 1 << 10;

    private final TestNetwork network = new TestNetwork();
    private final AkaKey key = TestNetwork.freshKey();

    /** Something that a Trusted Environment is asked to do. */
    private interface Action {
        void on(TrustedEnvironment environment) throws Exception;
    }

    /** Does it with the power cut after that many operations, and gives what starts up again. */
    private static SoftTrustedEnvironment cutDuring(
            TestDevice device, SoftTrustedEnvironment environment, Action action, Cut cut, int operations)
            throws Exception {
        device.disk.cutAfter(operations);
        assertThatThrownBy(() -> action.on(environment)).isInstanceOf(MemoryDisk.PowerCut.class);
        return TestDevice.start(device.disk.afterwards(cut));
    }

    private static void assertUsable(TrustedEnvironment environment, AkaKey key) {
        AuthenticationVector vector = vector(key, SQN);
        assertThat(authenticate(environment.usim(), vector)).isEqualTo(success(vector));
    }

    @ParameterizedTest
    @EnumSource
    void isPristineWithItsPcidOrHasTheMcimWhereverAnInstallationIsCut(Cut cut) throws Exception {
        TestDevice registered = new TestDevice(network);
        Nonce registration = TestNetwork.register(registered.start(), network.home);
        byte[] envelope = registered.envelope(network.home, registration, key);
        for (int operations = 0; operations < WRITE; operations++) {
            TestDevice device = registered.copy();
            SoftTrustedEnvironment environment = device.start();
            SoftTrustedEnvironment after = cutDuring(device, environment, it -> it.install(envelope), cut, operations);
            if (after.active().isEmpty()) {
                assertThat(after.owedReport()).isEmpty();
                assertThat(TestNetwork.imsi(after.usim())).isEqualTo(TestNetwork.PCID);
                assertUsable(after, network.pcidKey);
                assertThat(after.openRegistration()).isEqualTo(registration.bytes());
            } else {
                assertReported(after, device, registration);
                assertUsable(after, key);
            }
            after.install(envelope); // the network sends it again, not knowing
            assertThat(after.active()).isPresent();
            assertReported(after, device, registration);
        }
    }

    private static void assertReported(TrustedEnvironment environment, TestDevice device, Nonce registration)
            throws Exception {
        ProvisioningReport report =
                ProvisioningReport.verify(environment.owedReport().orElseThrow(), device.platformKey());
        assertThat(report.code()).isEqualTo(ResultCode.OK);
        assertThat(report.registration()).isEqualTo(registration);
    }

    @ParameterizedTest
    @EnumSource
    void refusesAnSqnForGoodOnceItsResWasGivenOut(Cut cut) throws Exception {
        TestDevice made = new TestDevice(network);
        for (int operations = 0; operations <= WRITE; operations++) {
            TestDevice device = made.copy();
            SoftTrustedEnvironment environment = device.start();
            AuthenticationVector vector = vector(network.pcidKey, SQN);
            device.disk.cutAfter(operations);
            String answer = authenticate(environment.usim(), vector);
            SoftTrustedEnvironment after = TestDevice.start(device.disk.afterwards(cut));
            if (answer.equals(success(vector))) {
                assertThat(operations).isEqualTo(WRITE);
                assertThat(authenticate(after.usim(), vector)).startsWith("dc0e");
            } else {
                // Nothing left the card: "6f00" is all that a reader can have seen.
                assertThat(answer).isEqualTo("6f00");
                assertThat(authenticate(after.usim(), vector))
                        .satisfiesAnyOf(
                                again -> assertThat(again).isEqualTo(success(vector)),
                                again -> assertThat(again).startsWith("dc0e"));
            }
            AuthenticationVector next = vector(network.pcidKey, SQN + 32);
            assertThat(authenticate(after.usim(), next)).isEqualTo(success(next));
        }
    }

    @ParameterizedTest
    @EnumSource
    void neverGivesANumberOfTelemetryTwice(Cut cut) throws Exception {
        TestDevice made = new TestDevice(network);
        for (int operations = 0; operations < WRITE; operations++) {
            TestDevice device = made.copy();
            SoftTrustedEnvironment environment = device.start();
            assertThat(environment.nextSequence()).isEqualTo(1);
            SoftTrustedEnvironment after =
                    cutDuring(device, environment, TrustedEnvironment::nextSequence, cut, operations);
            assertThat(after.nextSequence()).isGreaterThan(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void keepsARefusalsReportOrTheStateBeforeIt(Cut cut) throws Exception {
        TestDevice registered = new TestDevice(network);
        Nonce registration = TestNetwork.register(registered.start(), network.home);
        byte[] envelope = registered.envelope(network.home, registration, key);
        for (int operations = 0; operations < WRITE; operations++) {
            TestDevice device = registered.copy();
            SoftTrustedEnvironment environment = device.start();
            SoftTrustedEnvironment after =
                    cutDuring(device, environment, it -> it.install(Arrays.copyOf(envelope, 100)), cut, operations);
            assertThat(after.active()).isEmpty();
            after.install(envelope);
            assertReported(after, device, registration);
        }
    }

    @Test
    void opensNothingOfAManufactureThatWasCut() throws Exception {
        int operations = 3 + WRITE; // root: write, force, force directory; then the state
        for (int i = 0; i < operations; i++) {
            for (Cut cut : Cut.values()) {
                MemoryDisk disk = new MemoryDisk();
                disk.cutAfter(i);
                assertThatThrownBy(() -> Manufacture.make(disk, TestNetwork.RANDOM))
                        .isInstanceOf(MemoryDisk.PowerCut.class);
                assertThatThrownBy(() -> TestDevice.start(disk.afterwards(cut))).isInstanceOf(TrustException.class);
            }
        }
    }
}
