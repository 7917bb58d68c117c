// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.m2me.hal.TrustException;
import org.m2me.hal.TrustedEnvironment.Change;
import org.m2me.hal.TrustedEnvironment.Subscription;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;

/** A device with a subscription that works, and what its owner may order. */
abstract class ChangeFixture {
    final TestNetwork network = new TestNetwork();
    final AkaKey old = TestNetwork.freshKey();
    TestDevice device;
    SoftTrustedEnvironment environment;
    Nonce oldRegistration = Nonce.random(TestNetwork.RANDOM);

    @BeforeEach
    void subscribe() throws Exception {
        device = new TestDevice(network);
        environment = device.start();
        oldRegistration = TestNetwork.register(environment, network.home);
        environment.install(device.envelope(network.home, oldRegistration, old));
        environment.confirmActive();
        environment.reportAcknowledged();
    }

    void restart() throws Exception {
        environment.close();
        environment = device.start();
    }

    TestChange change(long number, Procedure procedure, TestNetwork.Operator to) {
        return new TestChange(device, number, procedure, to);
    }

    String operator() {
        return environment.active().map(Subscription::operator).orElse("none");
    }

    void assertRefused(ResultCode code, byte[] order) throws Exception {
        Optional<Change> before = environment.change();
        Optional<byte[]> owed = environment.owedAnswer();
        long generation = environment.storeGeneration();
        TrustException refused = assertThrows(TrustException.class, () -> environment.order(order));
        assertThat(TestNetwork.code(refused)).isEqualTo(code);
        assertThat(environment.change()).isEqualTo(before);
        assertThat(environment.owedAnswer().map(Opaque::of)).isEqualTo(owed.map(Opaque::of));
        assertThat(environment.storeGeneration()).isEqualTo(generation);
    }
}
