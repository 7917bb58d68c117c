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
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Activation;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;
import org.m2me.tre.store.MemoryDisk;
import org.m2me.tre.store.MemoryDisk.Cut;

/** With whom a device works is what its owner said last, and nobody else. */
class ActivationTest {
    private static final int WRITE = 4; // operations of one write of the state

    private final TestNetwork network = new TestNetwork();
    private TestDevice device;
    private SoftTrustedEnvironment environment;

    @BeforeEach
    void subscribe() throws Exception {
        device = new TestDevice(network);
        environment = device.start();
        Nonce registration = TestNetwork.register(environment, network.home);
        environment.install(device.envelope(network.home, registration, TestNetwork.freshKey()));
        environment.confirmActive();
    }

    private static Activation activation(Ueid device, long number, TestNetwork.Operator anchor) {
        Activation.Association fleet = new Activation.Association(anchor.certificate(), "telemetry");
        Activation.Server server = new Activation.Server("host" + number, 5684, fleet);
        return new Activation(device, number, new Activation.Terms(server, Optional.of(server), Optional.of(fleet)));
    }

    private byte[] signed(long number) {
        return signed(activation(device.ueid(), number, network.home), TestNetwork.OWNER_SECRET);
    }

    private byte[] signed(Activation activation, Opaque secret) {
        try (SecretBytes known = SecretBytes.copyOf(secret.bytes())) {
            return activation.sign(network.ownerKey, known).bytes();
        }
    }

    private static long held(SoftTrustedEnvironment of) throws CborException {
        return of.activation().isEmpty()
                ? 0
                : Activation.decode(of.activation().get().claims()).number();
    }

    private void assertRefused(ResultCode code, byte[] activation) throws Exception {
        long before = held(environment);
        long generation = environment.storeGeneration();
        TrustException refused = assertThrows(TrustException.class, () -> environment.activate(activation));
        assertThat(TestNetwork.code(refused)).isEqualTo(code);
        assertThat(held(environment)).isEqualTo(before);
        assertThat(environment.storeGeneration()).isEqualTo(generation);
    }

    @Test
    void keepsWhatItsOwnerSaysAcrossAStart() throws Exception {
        assertThat(environment.activation()).isEmpty();
        environment.activate(signed(3));
        environment.close();
        environment = device.start();
        assertThat(environment.activation().orElseThrow().operator()).hasValue("262-01");
        assertThat(environment.activation().orElseThrow().claims())
                .isEqualTo(activation(device.ueid(), 3, network.home).encode());
    }

    @Test
    void takesNoneThatIsOlder() throws Exception {
        environment.activate(signed(3));
        long generation = environment.storeGeneration();
        environment.activate(signed(3)); // its acknowledgement was lost
        assertThat(environment.storeGeneration()).isEqualTo(generation);
        assertRefused(ResultCode.NONCE_USED, signed(2));
        environment.activate(signed(7));
        assertThat(held(environment)).isEqualTo(7);
    }

    @Test
    void takesNoneByAnybodyElse() throws Exception {
        environment.activate(signed(1));
        Activation newer = activation(device.ueid(), 2, network.home);
        assertRefused(
                ResultCode.NOT_AUTHORIZED,
                signed(newer, TestNetwork.operatorToken(network.home.plmn()))); // all that an operator has
        byte[] damaged = signed(2);
        damaged[damaged.length / 2] ^= 1;
        assertRefused(ResultCode.NOT_AUTHORIZED, damaged);
        assertRefused(ResultCode.NOT_AUTHORIZED, new byte[Activation.SIZE_MAX + 1]);
        Ueid foreign = new TestDevice(network).ueid();
        assertRefused(
                ResultCode.NOT_AUTHORIZED, signed(activation(foreign, 2, network.home), TestNetwork.OWNER_SECRET));
    }

    @ParameterizedTest
    @EnumSource(
            value = Procedure.class,
            names = {"CHANGE", "PRISTINE", "ADD"})
    void aChangeOfOperatorDoesNotTouchIt(Procedure procedure) throws Exception {
        environment.activate(signed(3));
        environment.reportAcknowledged();
        new TestChange(device, 1, procedure, network.other).run(environment);
        environment.close();
        environment = device.start();
        assertThat(held(environment)).isEqualTo(3);
        assertThat(environment.activation().orElseThrow().operator())
                .as("so that one who answers after the change can be told from one before it")
                .hasValue("262-01");
    }

    @ParameterizedTest
    @EnumSource
    void hasTheOldOneOrTheNewOneWhereverItIsCut(Cut cut) throws Exception {
        environment.activate(signed(1));
        environment.close();
        for (int operations = 0; operations < WRITE; operations++) {
            TestDevice copy = device.copy();
            SoftTrustedEnvironment running = copy.start();
            copy.disk.cutAfter(operations);
            assertThatThrownBy(() -> running.activate(signed(2))).isInstanceOf(MemoryDisk.PowerCut.class);
            SoftTrustedEnvironment after = TestDevice.start(copy.disk.afterwards(cut));
            assertThat(held(after)).isBetween(1L, 2L);
            after.activate(signed(2)); // it asks again
            assertThat(held(after)).isEqualTo(2);
        }
    }
}
