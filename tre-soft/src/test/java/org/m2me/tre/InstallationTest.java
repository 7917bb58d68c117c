// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.m2me.tre.TestNetwork.authenticate;
import static org.m2me.tre.TestNetwork.success;
import static org.m2me.tre.TestNetwork.vector;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.m2me.hal.TrustException;
import org.m2me.protocol.aka.AkaAlgorithm;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.AuthenticationVector;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.ProvisioningReport;
import org.m2me.protocol.message.ResultCode;

class InstallationTest {
    private final TestNetwork network = new TestNetwork();
    private final AkaKey key = TestNetwork.freshKey();
    private TestDevice device;
    private SoftTrustedEnvironment environment;

    @BeforeEach
    void makeDevice() throws Exception {
        device = new TestDevice(network);
        environment = device.start();
    }

    private SoftTrustedEnvironment restart() throws Exception {
        environment.close();
        environment = device.start();
        return environment;
    }

    private ProvisioningReport report() throws Exception {
        return ProvisioningReport.verify(environment.owedReport().orElseThrow(), device.platformKey());
    }

    /** The fault is refused with its code, a report is owed, now and after a restart, and nothing else has changed. */
    private void assertRefused(ResultCode code, byte[] envelope) throws Exception {
        String imsi = TestNetwork.imsi(environment.usim());
        byte[] open = environment.openRegistration();
        var active = environment.active();
        TrustException refused = assertThrows(TrustException.class, () -> environment.install(envelope));
        assertThat(TestNetwork.code(refused)).isEqualTo(code);
        byte[] owed = environment.owedReport().orElseThrow();
        assertThat(report())
                .isEqualTo(new ProvisioningReport(new Nonce(Opaque.of(open)), code, report().storeGeneration()));
        restart();
        assertThat(environment.owedReport()).hasValue(owed);
        assertThat(environment.active()).isEqualTo(active);
        assertThat(environment.openRegistration()).isEqualTo(open);
        assertThat(TestNetwork.imsi(environment.usim())).isEqualTo(imsi);
    }

    /** After whatever was refused, the right MCIM is still taken. */
    private void assertStillTakesTheRightOne(Nonce registration) throws Exception {
        environment.install(device.envelope(network.home, registration, key));
        assertThat(report().code()).isEqualTo(ResultCode.OK);
        assertUsable(key);
    }

    private void assertUsable(AkaKey of) {
        AuthenticationVector vector = vector(of, 1 << 10);
        assertThat(authenticate(environment.usim(), vector)).isEqualTo(success(vector));
    }

    @Test
    void installsAMcimAndIsItsUsimFromThenOn() throws Exception {
        assertThat(TestNetwork.imsi(environment.usim())).isEqualTo(TestNetwork.PCID);
        Nonce registration = TestNetwork.register(environment, network.home);
        environment.install(device.envelope(network.home, registration, key));
        assertThat(environment.active()).hasValueSatisfying(subscription -> {
            assertThat(subscription.imsi()).isEqualTo("262010000000042");
            assertThat(subscription.apn()).isEqualTo("iot.mnc01");
            assertThat(subscription.operator()).isEqualTo("262-01");
            assertThat(subscription.confirmed()).isFalse();
        });
        assertThat(TestNetwork.imsi(environment.usim())).isEqualTo("262010000000042");
        assertThat(environment.pcid()).isEqualTo(TestNetwork.PCID);
        assertThat(report())
                .isEqualTo(new ProvisioningReport(registration, ResultCode.OK, environment.storeGeneration()));
        assertUsable(key);
        restart();
        assertThat(environment.active()).isPresent();
        environment.confirmActive();
        restart();
        assertThat(environment.active())
                .hasValueSatisfying(it -> assertThat(it.confirmed()).isTrue());
    }

    @Test
    void owesTheReportUntilItIsAcknowledged() throws Exception {
        Nonce registration = TestNetwork.register(environment, network.home);
        environment.install(device.envelope(network.home, registration, key));
        byte[] owed = environment.owedReport().orElseThrow();
        restart();
        assertThat(environment.owedReport()).hasValue(owed);
        environment.reportAcknowledged();
        assertThat(environment.owedReport()).isEmpty();
        restart();
        assertThat(environment.owedReport()).isEmpty();
    }

    @Test
    void takesTheSameEnvelopeAgainWithoutASecondEffect() throws Exception {
        Nonce registration = TestNetwork.register(environment, network.home);
        byte[] envelope = device.envelope(network.home, registration, key);
        environment.install(envelope);
        assertUsable(key);
        long generation = environment.storeGeneration();
        environment.install(envelope);
        assertThat(environment.storeGeneration()).isEqualTo(generation);
        environment.reportAcknowledged();
        environment.install(envelope); // the network has lost the report that it acknowledged
        assertThat(report().code()).isEqualTo(ResultCode.OK);
        assertThat(report().registration()).isEqualTo(registration);
        AuthenticationVector used = vector(key, 1 << 10);
        assertThat(authenticate(environment.usim(), used)).startsWith("dc0e"); // sequence numbers were not reset
    }

    @Test
    void refusesAMcimForAnotherDevice() throws Exception {
        Nonce registration = TestNetwork.register(environment, network.home);
        TestDevice stranger = new TestDevice(network);
        TestDevice.Order order = device.order(network.home, registration, key);
        assertRefused(ResultCode.MCIM_WRONG_DEVICE, stranger.seal(order, network.home));
        Ueid another = stranger.ueid();
        assertRefused(ResultCode.MCIM_WRONG_DEVICE, device.seal(order.forDevice(another), network.home));
        assertStillTakesTheRightOne(registration);
    }

    @Test
    void refusesAMcimFromAnotherOperator() throws Exception {
        Nonce registration = TestNetwork.register(environment, network.home);
        assertRefused(ResultCode.MCIM_WRONG_OPERATOR, device.envelope(network.other, registration, key));
        TestDevice.Order order = device.order(network.home, registration, key);
        assertRefused(ResultCode.MCIM_WRONG_OPERATOR, device.seal(order, network.other));
        assertRefused(
                ResultCode.MCIM_WRONG_OPERATOR,
                device.seal(order.from(network.other.plmn()), network.home)); // another's MCIM, signed anew
        assertStillTakesTheRightOne(registration);
    }

    @Test
    void refusesAMcimBeforeAnOperatorIsBound() throws Exception {
        Nonce registration = new Nonce(Opaque.of(environment.openRegistration()));
        assertRefused(ResultCode.MCIM_WRONG_OPERATOR, device.envelope(network.home, registration, key));
    }

    @Test
    void refusesAMcimWithoutARegistrationAndReportsToNobody() throws Exception {
        Nonce never = Nonce.random(TestNetwork.RANDOM);
        byte[] envelope = device.envelope(network.home, never, key);
        TrustException refused = assertThrows(TrustException.class, () -> environment.install(envelope));
        assertThat(TestNetwork.code(refused)).isEqualTo(ResultCode.MCIM_NONCE);
        assertThat(environment.owedReport()).isEmpty();
    }

    @Test
    void refusesANonceThatWasUsed() throws Exception {
        Nonce given = TestNetwork.register(environment, network.home);
        byte[] late = device.envelope(network.home, given, key);
        environment.closeRegistration();
        Nonce registration = TestNetwork.register(environment, network.home);
        assertThat(registration).isNotEqualTo(given);
        assertRefused(ResultCode.MCIM_NONCE, late);
        assertRefused(ResultCode.MCIM_NONCE, device.envelope(network.home, Nonce.random(TestNetwork.RANDOM), key));
        assertStillTakesTheRightOne(registration);
        TestNetwork.register(environment, network.home);
        assertRefused(ResultCode.MCIM_NONCE, late);
    }

    @Test
    void refusesAReplayOfTheMcimThatIsInstalledOnceAnotherRegistrationIsOpen() throws Exception {
        Nonce first = TestNetwork.register(environment, network.home);
        byte[] envelope = device.envelope(network.home, first, key);
        environment.install(envelope);
        TestNetwork.register(environment, network.home);
        assertRefused(ResultCode.MCIM_NONCE, envelope);
    }

    @Test
    void refusesASerialNumberThatTheOperatorUsedBefore() throws Exception {
        Nonce first = TestNetwork.register(environment, network.home);
        environment.install(device.seal(device.order(network.home, first, key).numbered(7), network.home));
        environment.fallBack();
        Nonce second = TestNetwork.register(environment, network.home);
        TestDevice.Order order = device.order(network.home, second, TestNetwork.freshKey());
        assertRefused(ResultCode.MCIM_NONCE, device.seal(order.numbered(7), network.home));
        assertRefused(ResultCode.MCIM_NONCE, device.seal(order.numbered(6), network.home));
        environment.install(device.seal(order.numbered(8), network.home));
        assertThat(report().code()).isEqualTo(ResultCode.OK);
    }

    @Test
    void refusesToReplaceASubscriptionWithoutAnOrderOfTheOwner() throws Exception {
        environment.install(device.envelope(network.home, TestNetwork.register(environment, network.home), key));
        for (TestNetwork.Operator operator : List.of(network.home, network.other)) {
            environment.closeRegistration();
            Nonce next = TestNetwork.register(environment, operator);
            TestDevice.Order order = device.order(operator, next, TestNetwork.freshKey());
            assertRefused(ResultCode.NOT_AUTHORIZED, device.seal(order.numbered(2), operator));
        }
        assertUsable(key);
    }

    @Test
    void refusesAMcimWithAnyByteChanged() throws Exception {
        Nonce registration = TestNetwork.register(environment, network.home);
        byte[] envelope = device.envelope(network.home, registration, key);
        for (int i = 0; i < envelope.length; i++) {
            byte[] flipped = envelope.clone();
            flipped[i] ^= (byte) (1 << i % 8);
            TrustException refused = assertThrows(TrustException.class, () -> environment.install(flipped));
            // A bit of the signer's name makes it another signer's; everything else is damage.
            assertThat(TestNetwork.code(refused))
                    .as("byte %d", i)
                    .isIn(ResultCode.MCIM_DAMAGED, ResultCode.MCIM_WRONG_OPERATOR);
        }
        assertThat(environment.active()).isEmpty();
        assertStillTakesTheRightOne(registration);
    }

    @Test
    void refusesAMcimThatIsCutShort() throws Exception {
        Nonce registration = TestNetwork.register(environment, network.home);
        byte[] envelope = device.envelope(network.home, registration, key);
        for (int length = 0; length < envelope.length; length += 7) {
            byte[] cut = Arrays.copyOf(envelope, length);
            TrustException refused = assertThrows(TrustException.class, () -> environment.install(cut));
            assertThat(TestNetwork.code(refused)).isEqualTo(ResultCode.MCIM_DAMAGED);
        }
        assertRefused(ResultCode.MCIM_DAMAGED, Arrays.copyOf(envelope, envelope.length + 1));
        assertStillTakesTheRightOne(registration);
    }

    @Test
    void refusesAMcimThatIsTooLarge() throws Exception {
        Nonce registration = TestNetwork.register(environment, network.home);
        byte[] envelope = device.envelope(network.home, registration, key);
        assertRefused(ResultCode.MCIM_TOO_LARGE, Arrays.copyOf(envelope, 4097));
        assertStillTakesTheRightOne(registration);
    }

    @Test
    void refusesAMcimWithoutTheTokenThatTheOwnerGivesItsOperator() throws Exception {
        Nonce registration = TestNetwork.register(environment, network.home);
        TestDevice.Order order = device.order(network.home, registration, key);
        Opaque wrong = Opaque.hex("000102030405060708090a0b0c0d0e00");
        assertRefused(ResultCode.NOT_AUTHORIZED, device.seal(order.with(wrong), network.home));
        Opaque secret = TestNetwork.OWNER_SECRET;
        assertRefused(ResultCode.NOT_AUTHORIZED, device.seal(order.with(secret), network.home));
        Opaque others = TestNetwork.operatorToken(network.other.plmn());
        assertRefused(ResultCode.NOT_AUTHORIZED, device.seal(order.with(others), network.home));
        assertStillTakesTheRightOne(registration);
    }

    @Test
    void refusesSequenceNumbersThatItHasNoRoomFor() throws Exception {
        Nonce registration = TestNetwork.register(environment, network.home);
        TestDevice.Order order = device.order(network.home, registration, key);
        assertRefused(
                ResultCode.MCIM_ALGORITHM,
                device.seal(order.counting(new SqnParameters(6, 1L << 28, 0)), network.home));
        assertStillTakesTheRightOne(registration);
    }

    @Test
    void runsTuakAsWell() throws Exception {
        AkaKey tuak = new AkaKey(
                AkaAlgorithm.TUAK,
                SecretBytes.random(32, TestNetwork.RANDOM),
                SecretBytes.random(32, TestNetwork.RANDOM));
        Nonce registration = TestNetwork.register(environment, network.home);
        environment.install(device.envelope(network.home, registration, tuak));
        assertUsable(tuak);
        restart();
        AuthenticationVector next = vector(tuak, 1 << 11);
        assertThat(authenticate(environment.usim(), next)).isEqualTo(success(next));
    }

    @Test
    void keepsTheOldStateWhenTheDiskIsFullAndInstallsOnceItIsNot() throws Exception {
        Nonce registration = TestNetwork.register(environment, network.home);
        byte[] envelope = device.envelope(network.home, registration, key);
        for (int operations = 0; operations < 2; operations++) {
            device.disk.failAfter(operations);
            TrustException refused = assertThrows(TrustException.class, () -> environment.install(envelope));
            assertThat(TestNetwork.code(refused)).isEqualTo(ResultCode.STORE_FAILED);
            assertThat(refused.getSuppressed()[0]).isInstanceOf(IOException.class);
            assertThat(environment.active()).isEmpty();
            assertThat(TestNetwork.imsi(environment.usim())).isEqualTo(TestNetwork.PCID);
            assertThat(report().code()).isEqualTo(ResultCode.STORE_FAILED);
        }
        device.disk.repair();
        environment.install(envelope);
        assertThat(report().code()).isEqualTo(ResultCode.OK);
        restart();
        assertUsable(key);
    }

    @ParameterizedTest
    @CsvSource({"2, false", "3, true"}) // the move fails; the move was done, and the directory cannot be forced
    void saysNeitherYesNorNoWhenNobodyKnowsWhetherTheDiskTookIt(int operations, boolean taken) throws Exception {
        Nonce registration = TestNetwork.register(environment, network.home);
        byte[] envelope = device.envelope(network.home, registration, key);
        device.disk.failAfter(operations);
        assertThatThrownBy(() -> environment.install(envelope)).isInstanceOf(IOException.class);
        device.disk.repair();
        assertThatThrownBy(() -> environment.owedReport())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("open the Trusted Environment again");
        assertThatThrownBy(() -> environment.nextSequence()).isInstanceOf(IllegalStateException.class);
        restart();
        assertThat(environment.active().isPresent()).isEqualTo(taken);
        assertThat(environment.owedReport().isPresent()).isEqualTo(taken);
        environment.install(envelope);
        assertThat(report().code()).isEqualTo(ResultCode.OK);
        assertUsable(key);
    }

    @Test
    void opensAnotherRegistrationOnceTheNetworkKnowsThatThisOneFailed() throws Exception {
        Nonce registration = TestNetwork.register(environment, network.home);
        byte[] cutShort = Arrays.copyOf(device.envelope(network.home, registration, key), 100);
        assertThatThrownBy(() -> environment.install(cutShort)).isInstanceOf(TrustException.class);
        assertThat(environment.openRegistration()).isEqualTo(registration.bytes());

        environment.reportAcknowledged();

        restart();
        assertThat(environment.owedReport()).isEmpty();
        assertThat(environment.openRegistration()).isNotEqualTo(registration.bytes());
    }

    @Test
    void doesNotTellOfARefusalThatTheDiskMayNotKeep() throws Exception {
        Nonce registration = TestNetwork.register(environment, network.home);
        byte[] cutShort = Arrays.copyOf(device.envelope(network.home, registration, key), 100);
        device.disk.failAfter(3);
        assertThatThrownBy(() -> environment.install(cutShort)).isInstanceOf(TrustException.class);
        device.disk.repair();
        assertThatThrownBy(() -> environment.owedReport()).isInstanceOf(IllegalStateException.class);
        restart();
        assertThat(report().code()).isEqualTo(ResultCode.MCIM_DAMAGED);
    }

    // It has no clock that could be trusted: the README says so.
    @Test
    void asksNoCertificateForItsDates() throws Exception {
        var expired =
                network.operator("sho.262-01", "262-01", network.operators, TestNetwork.NOT_BEFORE.plusSeconds(1));
        Nonce registration = TestNetwork.register(environment, expired);
        environment.install(device.envelope(expired, registration, key));
        assertThat(environment.active()).isPresent();
    }

    @Test
    void keepsTheKeyThatSignedInMindNotTheOneThatIsNamed() throws Exception {
        Nonce registration = TestNetwork.register(environment, network.home);
        P256PrivateKey stranger = P256PrivateKey.generate(TestNetwork.RANDOM);
        byte[] forged =
                TestNetwork.seal(device.order(network.home, registration, key).mcim(), device.agreementKey(), stranger);
        assertRefused(ResultCode.MCIM_WRONG_OPERATOR, forged);
    }
}
