// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.pva;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.operators.PcidRecord;
import org.m2me.operators.Supplier.Made;
import org.m2me.operators.Supplier.PcidWay;
import org.m2me.operators.Unavailable;
import org.m2me.operators.pva.PvaWorld.TestDevice;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.envelope.CmsMcimEnvelope;
import org.m2me.protocol.envelope.Mcim;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.pki.CertificatePath;

class SupplierRoleTest {
    @TempDir
    Path directory;

    private PvaWorld world;

    @BeforeEach
    void start() throws IOException {
        world = new PvaWorld(directory);
    }

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void embedsAPcidThatTheCcifIssuedAndTheIcfHolds() throws Exception {
        TestDevice device = world.new TestDevice();

        Made made = world.supplier.make(device.blank(PcidWay.ISSUED_BY_CCIF));

        assertHoldsTheSameKey(device, made);
    }

    @Test
    void sendsAPcidThatItMadeItselfToTheCcif() throws Exception {
        TestDevice device = world.new TestDevice();

        Made made = world.supplier.make(device.blank(PcidWay.SENT_TO_CCIF));

        assertHoldsTheSameKey(device, made);
    }

    @Test
    void takesNoPcidThatAnotherSupplierOrTheCcifMakes() throws Exception {
        Made issued = world.supplier.make(world.new TestDevice().blank(PcidWay.ISSUED_BY_CCIF));
        Made sent = world.supplier.make(world.new TestDevice().blank(PcidWay.SENT_TO_CCIF));

        for (Made made : List.of(issued, sent)) {
            PcidRecord record = world.accepted(made.pcid());
            assertRefused(ResultCode.FORBIDDEN, () -> world.ccif.deposit("rival", record));
        }
        world.ccif.deposit("acme", world.accepted(sent.pcid()));
        world.ccif.release("acme", sent.device(), sent.pcid());
        assertThat(world.icfAccepted).containsOnlyKeys(issued.pcid());
    }

    @Test
    void letsTheSubscriberCarryAPcidToTheCcifUnread() throws Exception {
        TestDevice device = world.new TestDevice();
        Made made = world.supplier.make(device.blank(PcidWay.SENT_BY_SUBSCRIBER));
        assertThat(world.icfAccepted).isEmpty();

        world.supplier.depositForm(made.depositForm().orElseThrow());

        assertHoldsTheSameKey(device, made);
    }

    @Test
    void refusesADepositFormThatSomebodyChanged() throws Exception {
        Made made = world.supplier.make(world.new TestDevice().blank(PcidWay.SENT_BY_SUBSCRIBER));
        byte[] form = made.depositForm().orElseThrow().bytes();
        form[form.length / 2] ^= 1;

        assertRefused(ResultCode.FORBIDDEN, () -> world.supplier.depositForm(Opaque.of(form)));
    }

    @Test
    void certifiesBothKeysInTheDevicesName() throws Exception {
        TestDevice device = world.new TestDevice();
        Made made = world.supplier.make(device.blank(PcidWay.ISSUED_BY_CCIF));

        for (Opaque der : List.of(made.platformCertificate(), made.transportCertificate())) {
            Certificate certificate = Certificate.parse(der.bytes());
            assertThat(certificate.commonName()).isEqualTo(device.ueid.hex());
            CertificatePath.verify(certificate, List.of(world.deviceCa.certificate()), world.clock.instant());
        }
    }

    @Test
    void makesADeviceOnceHoweverOftenItIsAsked() throws Exception {
        TestDevice device = world.new TestDevice();
        var blank = device.blank(PcidWay.ISSUED_BY_CCIF);

        assertThat(world.supplier.make(blank)).isEqualTo(world.supplier.make(blank));
        assertThat(world.icfAccepted).hasSize(1);
    }

    @Test
    void sendsTheSameKeyAgainWhenTheAnswerOfTheCcifWasLost() throws Exception {
        TestDevice device = world.new TestDevice();
        var blank = device.blank(PcidWay.SENT_TO_CCIF);
        world.icfAnswersLost = true;
        assertThatThrownBy(() -> world.supplier.make(blank)).isInstanceOf(Unavailable.class);
        PcidRecord first = world.icfAccepted.values().iterator().next();
        world.icfAnswersLost = false;

        Made made = world.supplier.make(blank);

        assertThat(made.pcid()).isEqualTo(first.pcid());
        assertThat(same(world.accepted(made.pcid()).key().k(), first.key().k())).isTrue();
        assertHoldsTheSameKey(device, made);
    }

    @Test
    void refusesToMakeAKnownDeviceWithOtherKeys() throws Exception {
        TestDevice device = world.new TestDevice();
        world.supplier.make(device.blank(PcidWay.ISSUED_BY_CCIF));
        TestDevice other = world.new TestDevice();
        var blank = other.blank(PcidWay.ISSUED_BY_CCIF);
        var impostor = new org.m2me.operators.Supplier.Blank(
                device.ueid,
                blank.model(),
                blank.platformKey(),
                blank.transportKey(),
                blank.agreementKey(),
                blank.pcidNonce(),
                blank.way());

        assertRefused(ResultCode.FORBIDDEN, () -> world.supplier.make(impostor));
    }

    @Test
    void refusesWhenThePoolOfPcidsIsUsedUp() throws Exception {
        world.supplier.make(world.new TestDevice().blank(PcidWay.ISSUED_BY_CCIF));
        world.supplier.make(world.new TestDevice().blank(PcidWay.ISSUED_BY_CCIF));

        assertRefused(
                ResultCode.QUOTA, () -> world.supplier.make(world.new TestDevice().blank(PcidWay.ISSUED_BY_CCIF)));
    }

    @Test
    void issuesAReleasedPcidAgainAfterItsQuarantineWithANewKey() throws Exception {
        TestDevice first = world.new TestDevice();
        Made made = world.supplier.make(first.blank(PcidWay.ISSUED_BY_CCIF));
        world.supplier.make(world.new TestDevice().blank(PcidWay.ISSUED_BY_CCIF));
        PcidRecord before = world.accepted(made.pcid());
        assertRefused(ResultCode.FORBIDDEN, () -> world.ccif.release("rival", made.device(), made.pcid()));
        assertThat(world.icfAccepted).containsKey(made.pcid());
        world.ccif.release("acme", made.device(), made.pcid());
        assertThat(world.icfAccepted).doesNotContainKey(made.pcid());
        assertRefused(
                ResultCode.QUOTA, () -> world.supplier.make(world.new TestDevice().blank(PcidWay.ISSUED_BY_CCIF)));
        world.clock.advance(Duration.ofDays(31));

        Made again = world.supplier.make(world.new TestDevice().blank(PcidWay.ISSUED_BY_CCIF));

        assertThat(again.pcid()).isEqualTo(made.pcid());
        PcidRecord after = world.accepted(again.pcid());
        assertThat(same(after.key().k(), before.key().k())).isFalse();
    }

    @Test
    void keepsNoKeyOfAPcidAndNoOwnerTokenInClear() throws Exception {
        for (PcidWay way : List.of(PcidWay.ISSUED_BY_CCIF, PcidWay.SENT_TO_CCIF)) {
            Made made = world.supplier.make(world.new TestDevice().blank(way));

            assertInNoFile(world.accepted(made.pcid()).key().k().use(byte[]::clone));
            assertInNoFile(made.ownerToken().bytes());
        }
    }

    private void assertInNoFile(byte[] secret) throws IOException {
        try (var files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(contains(Files.readAllBytes(file), secret))
                        .as(file.toString())
                        .isFalse();
            }
        }
    }

    private static boolean contains(byte[] content, byte[] part) {
        for (int at = 0; at + part.length <= content.length; at++) {
            if (Arrays.equals(content, at, at + part.length, part, 0, part.length)) {
                return true;
            }
        }
        return false;
    }

    private void assertHoldsTheSameKey(TestDevice device, Made made) throws Exception {
        PcidRecord held = world.accepted(made.pcid());
        Certificate supplier = Certificate.parse(made.supplierCertificate().bytes());
        try (Mcim embedded = new CmsMcimEnvelope(world.random)
                .open(made.pcidEnvelope().bytes(), supplier.publicKey(), device.agreement)) {
            assertThat(embedded.imsi()).isEqualTo(made.pcid().imsi());
            assertThat(embedded.registration()).isEqualTo(device.pcidNonce);
            assertThat(embedded.ownerToken()).isEqualTo(made.ownerToken());
            assertThat(same(embedded.key().k(), held.key().k())).isTrue();
            assertThat(same(embedded.key().opc(), held.key().opc())).isTrue();
        }
    }

    private static boolean same(SecretBytes one, SecretBytes other) {
        return one.use(other::sameAs);
    }

    private static void assertRefused(ResultCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo(code));
    }
}
