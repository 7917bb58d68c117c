// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.m2me.hal.TrustException;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.envelope.McimEnvelope;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;
import org.m2me.tre.store.MemoryDisk;
import org.m2me.tre.store.MemoryDisk.Cut;

/** A new PCID in the place of the old one: whole, from the device's own supplier, or not at all. */
class RenewalTest {
    private final TestNetwork network = new TestNetwork();
    private final TestNetwork.Operator supplier = signer("supplier.acme");
    private final AkaKey subscription = TestNetwork.freshKey();
    private TestDevice device;
    private SoftTrustedEnvironment environment;

    @BeforeEach
    void subscribe() throws Exception {
        device = TestRenewal.subscribed(network, subscription);
        environment = device.start();
    }

    @AfterEach
    void close() {
        environment.close();
    }

    private TestNetwork.Operator signer(String name) {
        return network.operator(name, "901-70", network.operators, TestNetwork.NOT_AFTER);
    }

    private void assertRefused(ResultCode code, TestNetwork.Operator signer, byte[] envelope) {
        assertThatThrownBy(() -> environment.renewPcid(signer.der(), envelope))
                .asInstanceOf(InstanceOfAssertFactories.type(TrustException.class))
                .extracting(TestNetwork::code)
                .isEqualTo(code);
        assertThat(environment.pcid()).isEqualTo(TestNetwork.PCID);
        assertThat(TestRenewal.pcidWorks(environment, network.pcidKey)).isTrue();
    }

    @Test
    void showsTheEndOfTheNewOneAndUsesIt() throws Exception {
        assertThat(environment.pcidExpires()).isEmpty(); // made before suppliers said it
        TestRenewal renewal = TestRenewal.of(device, environment);
        environment.renewPcid(supplier.der(), renewal.seal(device, supplier));
        assertThat(environment.pcid()).isEqualTo(TestRenewal.PCID);
        assertThat(environment.pcidExpires()).contains(TestRenewal.END);
        TestRenewal.assertReported(environment, device, renewal.registration(), ResultCode.OK);
        assertThat(TestRenewal.pcidWorks(environment, renewal.key())).isTrue();
        assertThat(TestRenewal.pcidWorks(environment, network.pcidKey)).isFalse();
        assertThat(TestChange.works(environment.usim(), subscription)).isTrue();
    }

    @Test
    void keepsTheEndAcrossAStart() throws Exception {
        environment.renewPcid(
                supplier.der(), TestRenewal.of(device, environment).seal(device, supplier));
        environment.close();
        environment = device.start();
        assertThat(environment.pcidExpires()).contains(TestRenewal.END);
    }

    @Test
    void takesTheSameEnvelopeAgainAndReportsAgain() throws Exception {
        TestRenewal renewal = TestRenewal.of(device, environment);
        byte[] envelope = renewal.seal(device, supplier);
        environment.renewPcid(supplier.der(), envelope);
        environment.reportAcknowledged();
        environment.renewPcid(supplier.der(), envelope);
        TestRenewal.assertReported(environment, device, renewal.registration(), ResultCode.OK);
    }

    @Test
    void refusesOneThatIsReplayedInALaterRenewal() throws Exception {
        byte[] first = TestRenewal.of(device, environment).seal(device, supplier);
        environment.closeRegistration();
        Nonce second = new Nonce(Opaque.of(environment.openRegistration()));
        assertRefused(ResultCode.MCIM_NONCE, supplier, first);
        TestRenewal.assertReported(environment, device, second, ResultCode.MCIM_NONCE);
    }

    @Test
    void refusesOneWithoutARegistrationAndOwesNothing() throws Exception {
        byte[] envelope = TestRenewal.of(device, environment).seal(device, supplier);
        environment.closeRegistration();
        assertRefused(ResultCode.MCIM_NONCE, supplier, envelope);
        assertThat(environment.owedReport()).isEmpty();
    }

    @Test
    void refusesAnotherSuppliersWhoDoesNotKnowTheOwnersSecret() throws Exception {
        TestNetwork.Operator rival = signer("supplier.rival");
        TestRenewal renewal = TestRenewal.of(device, environment).with(Opaque.of(new byte[16]));
        assertRefused(ResultCode.NOT_AUTHORIZED, rival, renewal.seal(device, rival));
        TestRenewal.assertReported(environment, device, renewal.registration(), ResultCode.NOT_AUTHORIZED);
    }

    @Test
    void refusesOneOfAnotherDevice() throws Exception {
        TestDevice other = new TestDevice(network);
        byte[] envelope =
                TestRenewal.of(device, environment).forDevice(other.ueid()).seal(device, supplier);
        assertRefused(ResultCode.MCIM_WRONG_DEVICE, supplier, envelope);
    }

    @Test
    void refusesWhatASelfMadeSupplierSigned() throws Exception {
        TestNetwork.Operator selfMade =
                network.operator("supplier.acme", "901-70", network.supplier, TestNetwork.NOT_AFTER);
        byte[] envelope = TestRenewal.of(device, environment).seal(device, selfMade);
        assertRefused(ResultCode.CREDENTIAL_INVALID, selfMade, envelope);
    }

    @Test
    void refusesWhatAnOperatorSigned() throws Exception {
        byte[] envelope = TestRenewal.of(device, environment).seal(device, network.home);
        assertRefused(ResultCode.CREDENTIAL_INVALID, network.home, envelope);
    }

    @Test
    void refusesOneThatAnotherSignedThanItsCertificateSays() throws Exception {
        byte[] envelope = TestRenewal.of(device, environment).seal(device, signer("supplier.acme"));
        assertRefused(ResultCode.MCIM_WRONG_OPERATOR, supplier, envelope);
    }

    @Test
    void refusesADamagedOne() throws Exception {
        byte[] envelope = TestRenewal.of(device, environment).seal(device, supplier);
        envelope[envelope.length / 2] ^= 1;
        assertThatThrownBy(() -> environment.renewPcid(supplier.der(), envelope))
                .isInstanceOf(TrustException.class);
        assertThat(environment.pcid()).isEqualTo(TestNetwork.PCID);
    }

    @Test
    void refusesOneThatIsLargerThanAnyIsMade() throws Exception {
        environment.openRegistration();
        assertRefused(ResultCode.MCIM_TOO_LARGE, supplier, new byte[McimEnvelope.SIZE_MAX + 1]);
    }

    @Test
    void opensAnotherRegistrationForTheNextOne() throws Exception {
        TestRenewal renewal = TestRenewal.of(device, environment);
        environment.renewPcid(supplier.der(), renewal.seal(device, supplier));
        assertThat(environment.openRegistration())
                .isNotEqualTo(renewal.registration().bytes());
    }

    @Test
    void staysAsItIsOnADeviceThatHasNothingElseToGetOnTheAirWith() throws Exception {
        TestDevice pristine = new TestDevice(network);
        try (SoftTrustedEnvironment alone = pristine.start()) {
            byte[] envelope = TestRenewal.of(pristine, alone).seal(pristine, supplier);
            assertThatThrownBy(() -> alone.renewPcid(supplier.der(), envelope))
                    .asInstanceOf(InstanceOfAssertFactories.type(TrustException.class))
                    .extracting(TestNetwork::code)
                    .isEqualTo(ResultCode.BUSY);
            assertThat(alone.pcid()).isEqualTo(TestNetwork.PCID);
            assertThat(alone.owedReport()).isEmpty();
        }
    }

    @Test
    void isNotTakenAsASubscription() throws Exception {
        TestRenewal renewal = TestRenewal.of(device, environment);
        byte[] envelope = renewal.seal(device, supplier);
        assertThatThrownBy(() -> environment.bindOperator("901-70", supplier.der()))
                .isInstanceOf(TrustException.class);
        assertThatThrownBy(() -> environment.install(envelope)).isInstanceOf(TrustException.class);
        assertThat(environment.active().orElseThrow().operator()).isEqualTo("262-01");
    }

    @Test
    void staysAsItIsWhileAChangeIsUnderWayAndSaysNothingOfTheChange() throws Exception {
        environment.order(device.ownersOrder(1, Procedure.PRISTINE, network.other));
        byte[] envelope = TestRenewal.of(device, environment).seal(device, supplier);
        assertRefused(ResultCode.BUSY, supplier, envelope);
        assertThat(environment.owedReport()).isEmpty();
    }

    @Test
    void hasTheOldOrTheNewOneWhereverThePowerIsCut() throws Exception {
        TestRenewal renewal = TestRenewal.of(device, environment);
        byte[] envelope = renewal.seal(device, supplier);
        int all = operationsOf(envelope);
        assertThat(all).isGreaterThanOrEqualTo(8); // the second write erases the old key
        for (Cut cut : Cut.values()) {
            for (int operations = 0; operations < all; operations++) {
                TestDevice cutOff = device.copy();
                SoftTrustedEnvironment before = cutOff.start();
                cutOff.disk.cutAfter(operations);
                assertThatThrownBy(() -> before.renewPcid(supplier.der(), envelope))
                        .isInstanceOf(MemoryDisk.PowerCut.class);
                try (SoftTrustedEnvironment after = TestDevice.start(cutOff.disk.afterwards(cut))) {
                    assertOneOfBoth(after, renewal);
                    after.renewPcid(supplier.der(), envelope);
                    assertThat(TestRenewal.pcidWorks(after, renewal.key())).isTrue();
                    TestRenewal.assertReported(after, device, renewal.registration(), ResultCode.OK);
                }
            }
        }
    }

    private int operationsOf(byte[] envelope) throws Exception {
        TestDevice copy = device.copy();
        try (SoftTrustedEnvironment whole = copy.start()) {
            int before = copy.disk.operations();
            whole.renewPcid(supplier.der(), envelope);
            return copy.disk.operations() - before;
        }
    }

    private void assertOneOfBoth(SoftTrustedEnvironment after, TestRenewal renewal) throws Exception {
        boolean renewed = after.pcid().equals(TestRenewal.PCID);
        assertThat(TestRenewal.pcidWorks(after, renewal.key())).isEqualTo(renewed);
        assertThat(TestRenewal.pcidWorks(after, network.pcidKey)).isEqualTo(!renewed);
        assertThat(TestChange.works(after.usim(), subscription)).isTrue();
        assertThat(after.owedReport().isPresent()).isEqualTo(renewed);
        assertThat(List.of(TestNetwork.PCID, TestRenewal.PCID)).contains(after.pcid());
    }
}
