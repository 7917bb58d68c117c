// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.m2me.hal.TrustException;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.Hashes;
import org.m2me.protocol.evidence.Evidence;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.ResultCode;

class EnvironmentTest {
    private static final byte[] DIGEST = Hashes.sha256(new byte[] {1});

    private final TestNetwork network = new TestNetwork();
    private TestDevice device;
    private SoftTrustedEnvironment environment;

    @BeforeEach
    void makeDevice() throws Exception {
        device = new TestDevice(network);
        environment = device.start();
    }

    private Evidence evidence(Nonce nonce) throws ForgedException {
        return Evidence.verify(environment.evidence(nonce.bytes(), "board"), device.platformKey());
    }

    @Test
    void givesEvidenceOfItsStateSignedByThePlatformKey() throws Exception {
        environment.measure("agent", "1.2", DIGEST);
        Nonce nonce = Nonce.random(TestNetwork.RANDOM);
        Evidence evidence = evidence(nonce);
        assertThat(evidence.ueid()).isEqualTo(device.ueid());
        assertThat(evidence.nonce()).isEqualTo(nonce);
        assertThat(evidence.hardwareModel()).isEqualTo("board");
        assertThat(evidence.bootCount()).isEqualTo(1);
        assertThat(evidence.storeGeneration()).isEqualTo(environment.storeGeneration());
        assertThat(evidence.agreementKey().thumbprint())
                .isEqualTo(device.agreementKey().thumbprint());
        assertThat(evidence.components()).singleElement().satisfies(component -> {
            assertThat(component.name()).isEqualTo("agent");
            assertThat(component.version()).isEqualTo("1.2");
            assertThat(component.sha256()).isEqualTo(Opaque.of(DIGEST));
        });
        MeasurementLog same = new MeasurementLog();
        same.measure(evidence.components().get(0));
        assertThat(evidence.logDigest()).isEqualTo(same.digest());
    }

    @Test
    void countsBootsAndWritesSoThatAnOldStateIsSeen() throws Exception {
        Nonce nonce = Nonce.random(TestNetwork.RANDOM);
        environment.measure("agent", "1", DIGEST);
        Evidence first = evidence(nonce);
        environment.close();
        environment = device.start();
        environment.measure("agent", "1", DIGEST);
        Evidence second = evidence(nonce);
        assertThat(second.bootCount()).isEqualTo(first.bootCount() + 1);
        assertThat(second.storeGeneration()).isGreaterThan(first.storeGeneration());
    }

    @Test
    void resetsMeasurementsAtAStartAndNotBefore() throws Exception {
        environment.measure("agent", "1", DIGEST);
        environment.measure("agent", "1", Hashes.sha256(new byte[] {2}));
        environment.measure("agent", "1", DIGEST);
        Nonce nonce = Nonce.random(TestNetwork.RANDOM);
        Opaque log = evidence(nonce).logDigest();
        environment.close();
        environment = device.start();
        assertThatThrownBy(() -> evidence(nonce)).isInstanceOf(IllegalArgumentException.class); // says nothing yet
        environment.measure("agent", "1", DIGEST);
        assertThat(evidence(nonce).logDigest()).isNotEqualTo(log);
    }

    @Test
    void keepsOneRegistrationOpenAcrossStarts() throws Exception {
        byte[] nonce = environment.openRegistration();
        assertThat(nonce).hasSize(Nonce.LENGTH);
        environment.close();
        environment = device.start();
        assertThat(environment.openRegistration()).isEqualTo(nonce);
        environment.closeRegistration();
        environment.closeRegistration();
        assertThat(environment.openRegistration()).isNotEqualTo(nonce);
    }

    @Test
    void countsTelemetryUpAndNeverBack() throws Exception {
        assertThat(environment.nextSequence()).isEqualTo(1);
        assertThat(environment.nextSequence()).isEqualTo(2);
        environment.close();
        environment = device.start();
        assertThat(environment.nextSequence()).isEqualTo(3);
    }

    @Test
    void confirmsOnlyWhatIsActive() {
        assertThatThrownBy(() -> environment.confirmActive()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void fallsBackToTheOlderCopyWhenTheNewestIsForged() throws Exception {
        environment.close();
        byte[] forged = device.disk.content(device.disk.newest());
        forged[forged.length - 1] ^= 1;
        device.disk.tamper(device.disk.newest(), forged);
        environment = device.start();
        assertThat(environment.bootCount()).isEqualTo(1);
        assertThat(environment.pcid()).isEqualTo(TestNetwork.PCID);
    }

    @Test
    void staysClosedWhenBothCopiesAreBadAndMakesNoPristineOneInTheirPlace() {
        environment.close();
        device.disk.tamper("state.a", new byte[300]);
        device.disk.tamper("state.b", new byte[0]);
        int operations = device.disk.operations();
        TrustException refused = assertThrows(TrustException.class, () -> device.start());
        assertThat(TestNetwork.code(refused)).isEqualTo(ResultCode.INTERNAL);
        assertThat(refused).hasMessageContaining("neither copy");
        assertThat(device.disk.operations()).isEqualTo(operations);
    }

    @Test
    void staysClosedUnderAnotherRoot() {
        environment.close();
        device.disk.tamper(Memory.ROOT_FILE, new byte[32]);
        assertThatThrownBy(() -> device.start()).isInstanceOf(TrustException.class);
        device.disk.tamper(Memory.ROOT_FILE, new byte[31]);
        assertThatThrownBy(() -> device.start()).isInstanceOf(TrustException.class);
    }

    @Test
    void answersNothingOnceClosed() {
        var usim = environment.usim();
        environment.close();
        environment.close();
        assertThatThrownBy(() -> environment.signTransport(DIGEST)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> environment.openRegistration()).isInstanceOf(IllegalStateException.class);
        assertThat(TestNetwork.send(usim, "00a40004023f00")).isEqualTo("6f00");
    }

    @Test
    void countsABootOnlyIfItCanStoreIt() {
        environment.close();
        device.disk.failAfter(0);
        assertThatThrownBy(() -> device.start()).isInstanceOf(IOException.class);
    }
}
