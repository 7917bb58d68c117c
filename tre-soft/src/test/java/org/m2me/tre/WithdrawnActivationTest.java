// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.m2me.hal.TrustException;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.Activation;
import org.m2me.protocol.message.Activation.Association;
import org.m2me.protocol.message.Activation.Server;
import org.m2me.protocol.message.Activation.Terms;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;
import org.m2me.tre.store.MemoryDisk;
import org.m2me.tre.store.MemoryDisk.Cut;

/** What the owner has withdrawn stays withdrawn, until he says something newer. */
class WithdrawnActivationTest {
    private static final int WRITE = 4; // operations of one write of the state

    private final TestNetwork network = new TestNetwork();
    private TestDevice device;
    private SoftTrustedEnvironment environment;
    private byte[] activation;
    private byte[] withdrawal;

    @BeforeEach
    void activate() throws Exception {
        device = new TestDevice(network);
        environment = device.start();
        Server server = new Server("host", 5684, new Association(network.home.certificate(), "telemetry"));
        Terms terms = new Terms(server, Optional.empty(), Optional.empty());
        activation = signed(1, Optional.of(terms), TestNetwork.OWNER_SECRET);
        withdrawal = signed(2, Optional.empty(), TestNetwork.OWNER_SECRET);
        environment.activate(activation);
    }

    private byte[] signed(long number, Optional<Terms> terms, Opaque secret) {
        try (SecretBytes known = SecretBytes.copyOf(secret.bytes())) {
            return new Activation(device.ueid(), number, terms)
                    .sign(network.ownerKey, known)
                    .bytes();
        }
    }

    private static Activation held(SoftTrustedEnvironment of) throws CborException {
        return Activation.decode(of.activation().orElseThrow().claims());
    }

    private void restart() throws Exception {
        environment.close();
        environment = device.start();
    }

    @Test
    void staysWithdrawnAcrossAStart() throws Exception {
        environment.activate(withdrawal);
        restart();
        assertThat(held(environment)).isEqualTo(new Activation(device.ueid(), 2, Optional.empty()));
    }

    @Test
    void doesNotTakeTheOlderActivationAgain() throws Exception {
        environment.activate(withdrawal);
        long generation = environment.storeGeneration();
        environment.activate(withdrawal); // its acknowledgement was lost
        assertRefused(ResultCode.NONCE_USED, activation);
        restart();
        assertRefused(ResultCode.NONCE_USED, activation);
        assertThat(held(environment).terms()).isEmpty();
        assertThat(environment.storeGeneration()).isEqualTo(generation + 1); // the start
    }

    @Test
    void takesANewerActivation() throws Exception {
        environment.activate(withdrawal);
        Optional<Terms> again =
                Activation.verify(activation, device.ueid(), secret()).terms();
        environment.activate(signed(3, again, TestNetwork.OWNER_SECRET));
        assertThat(held(environment).terms()).isEqualTo(again).isPresent();
    }

    private static SecretBytes secret() {
        return SecretBytes.copyOf(TestNetwork.OWNER_SECRET.bytes());
    }

    @Test
    void isWithdrawnByNobodyElse() throws Exception {
        Opaque operators = TestNetwork.operatorToken(network.home.plmn());
        assertRefused(ResultCode.NOT_AUTHORIZED, signed(2, Optional.empty(), operators));
        withdrawal[withdrawal.length / 2] ^= 1;
        assertRefused(ResultCode.NOT_AUTHORIZED, withdrawal);
        assertThat(held(environment).terms()).isPresent();
    }

    private void assertRefused(ResultCode code, byte[] said) {
        TrustException refused = assertThrows(TrustException.class, () -> environment.activate(said));
        assertThat(TestNetwork.code(refused)).isEqualTo(code);
    }

    @ParameterizedTest
    @EnumSource
    void isActiveOrWithdrawnWhereverItIsCut(Cut cut) throws Exception {
        environment.close();
        for (int operations = 0; operations < WRITE; operations++) {
            TestDevice copy = device.copy();
            SoftTrustedEnvironment running = copy.start();
            copy.disk.cutAfter(operations);
            assertThatThrownBy(() -> running.activate(withdrawal)).isInstanceOf(MemoryDisk.PowerCut.class);
            SoftTrustedEnvironment after = TestDevice.start(copy.disk.afterwards(cut));
            assertThat(held(after).number() == 2).isEqualTo(held(after).terms().isEmpty());
            after.activate(withdrawal); // it asks again
            assertThat(held(after).terms()).isEmpty();
            assertThatThrownBy(() -> after.activate(activation)).isInstanceOf(TrustException.class);
        }
    }

    @Test
    void aChangeOfOperatorDoesNotBringItBack() throws Exception {
        environment.install(
                device.envelope(network.home, TestNetwork.register(environment, network.home), TestNetwork.freshKey()));
        environment.confirmActive();
        environment.activate(withdrawal);
        environment.reportAcknowledged();
        new TestChange(device, 1, Procedure.CHANGE, network.other).run(environment);
        restart();
        assertThat(held(environment).terms()).isEmpty();
    }
}
