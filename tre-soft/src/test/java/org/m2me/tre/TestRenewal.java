// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.m2me.hal.TrustedEnvironment;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.SqnArray;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.envelope.Mcim;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.ProvisioningReport;
import org.m2me.protocol.message.ResultCode;

/** A new PCID for a device, as its supplier makes it, each part of which may be wrong. */
record TestRenewal(Ueid device, Nonce registration, Opaque ownerToken, AkaKey key) {
    static final String PCID = "901700000000002";
    static final Plmn REGISTRAR = Plmn.parse("901-70");
    static final Instant END = Instant.parse("2028-11-22T11:00:00Z");

    /** For the open registration. */
    static TestRenewal of(TestDevice device, TrustedEnvironment environment) throws Exception {
        return new TestRenewal(
                device.ueid(),
                new Nonce(Opaque.of(environment.openRegistration())),
                TestNetwork.operatorToken(REGISTRAR),
                TestNetwork.freshKey());
    }

    TestRenewal forDevice(Ueid changed) {
        return new TestRenewal(changed, registration, ownerToken, key);
    }

    TestRenewal answering(Nonce changed) {
        return new TestRenewal(device, changed, ownerToken, key);
    }

    TestRenewal with(Opaque changedToken) {
        return new TestRenewal(device, registration, changedToken, key);
    }

    byte[] seal(TestDevice to, TestNetwork.Operator signer) {
        Mcim pcid = new Mcim(
                        device,
                        REGISTRAR,
                        registration,
                        0,
                        new Imsi(PCID),
                        "8990170000000000026",
                        key.copy(),
                        SqnArray.fresh(SqnParameters.DEFAULT),
                        TestNetwork.PCID_APN,
                        ownerToken)
                .expiring(END);
        return TestNetwork.seal(pcid, to.agreementKey(), signer.key());
    }

    /** A device with a subscription in use: only then its PCID is renewed. */
    static TestDevice subscribed(TestNetwork network, AkaKey key) throws Exception {
        TestDevice device = new TestDevice(network);
        try (SoftTrustedEnvironment environment = device.start()) {
            environment.install(device.envelope(network.home, TestNetwork.register(environment, network.home), key));
            environment.confirmActive();
            environment.reportAcknowledged();
        }
        return device;
    }

    static void assertReported(TrustedEnvironment environment, TestDevice device, Nonce registration, ResultCode code)
            throws Exception {
        ProvisioningReport report =
                ProvisioningReport.verify(environment.owedReport().orElseThrow(), device.platformKey());
        assertThat(report.code()).isEqualTo(code);
        assertThat(report.registration()).isEqualTo(registration);
    }

    /** Whether this is what it would attach with, had it no subscription. */
    static boolean pcidWorks(TrustedEnvironment environment, AkaKey pcid) {
        environment.lookWithPcid(true);
        try {
            return TestChange.works(environment.usim(), pcid);
        } finally {
            environment.lookWithPcid(false);
        }
    }
}
