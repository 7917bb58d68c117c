// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.m2me.hal.TrustException;
import org.m2me.protocol.message.ResultCode;

/** From which operator a device takes a MCIM. */
class OperatorBindingTest {
    private final TestNetwork network = new TestNetwork();
    private TestDevice device;
    private SoftTrustedEnvironment environment;

    @BeforeEach
    void makeDevice() throws Exception {
        device = new TestDevice(network);
        environment = device.start();
    }

    @Test
    void bindsARegistrationToOneOperatorOnly() throws Exception {
        environment.openRegistration();
        environment.bindOperator(network.home.name(), network.home.der());
        long generation = environment.storeGeneration();
        environment.bindOperator(network.home.name(), network.home.der());
        assertThat(environment.storeGeneration()).isEqualTo(generation);
        assertBindingRefused(ResultCode.MCIM_WRONG_OPERATOR, network.other.name(), network.other.der());
        environment.closeRegistration();
        environment.openRegistration();
        environment.bindOperator(network.other.name(), network.other.der());
    }

    @Test
    void bindsNoOperatorWhoseCertificateIsNotItsOwnOrComesFromNoAnchor() throws Exception {
        assertBindingRefused(ResultCode.MCIM_NONCE, network.home.name(), network.home.der());
        environment.openRegistration();
        assertBindingRefused(ResultCode.MCIM_WRONG_OPERATOR, network.home.name(), network.other.der());
        var impostor = network.operator("drf.262-01", "262-01", network.operators, TestNetwork.NOT_AFTER);
        assertBindingRefused(ResultCode.MCIM_WRONG_OPERATOR, "262-01", impostor.der());
        var stranger = new TestNetwork().home;
        assertBindingRefused(ResultCode.CREDENTIAL_INVALID, stranger.name(), stranger.der());
        var fromSupplier = network.operator("262-01", network.supplier);
        assertBindingRefused(ResultCode.CREDENTIAL_INVALID, "262-01", fromSupplier.der());
        assertBindingRefused(ResultCode.MALFORMED, "26201", network.home.der());
        assertBindingRefused(ResultCode.MALFORMED, "262-01", new byte[100]);
        assertBindingRefused(ResultCode.TOO_LARGE, "262-01", new byte[901]);
    }

    private void assertBindingRefused(ResultCode code, String operator, byte[] certificate) {
        TrustException refused =
                assertThrows(TrustException.class, () -> environment.bindOperator(operator, certificate));
        assertThat(TestNetwork.code(refused)).isEqualTo(code);
    }
}
