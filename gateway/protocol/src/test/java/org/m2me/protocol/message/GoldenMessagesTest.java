// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.m2me.protocol.Samples.CHALLENGE;
import static org.m2me.protocol.Samples.OPERATOR;
import static org.m2me.protocol.Samples.PCID;
import static org.m2me.protocol.Samples.REGISTRATION;
import static org.m2me.protocol.Samples.UEID;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.m2me.protocol.Golden;
import org.m2me.protocol.Samples;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.evidence.AttestationResult;
import org.m2me.protocol.evidence.Authenticity;
import org.m2me.protocol.evidence.Evidence;
import org.m2me.protocol.evidence.ReferenceValues;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.step.Procedure;

/** Devices in the field speak these bytes: a change here is a change for each of them. */
class GoldenMessagesTest {
    @Test
    void register() throws CborException {
        Register register = Register.initial(REGISTRATION, Optional.of(PCID));
        assertThat(register.encode()).isEqualTo(Golden.REGISTER.bytes());
        assertThat(Register.decode(Golden.REGISTER.bytes())).isEqualTo(register);
    }

    @Test
    void registerOverNon3gppAccess() throws CborException {
        Register register = Register.initial(REGISTRATION, Optional.empty());
        assertThat(register.encode()).isEqualTo(Golden.REGISTER_WITHOUT_PCID.bytes());
        assertThat(Register.decode(Golden.REGISTER_WITHOUT_PCID.bytes())).isEqualTo(register);
    }

    @Test
    void registerInAChange() throws CborException {
        DeviceState state = new DeviceState(9, Opaque.hex("d0".repeat(16)));
        Register register = new Register(REGISTRATION, Optional.empty(), Procedure.CHANGE, Optional.of(state));
        assertThat(register.encode()).isEqualTo(Golden.REGISTER_CHANGE.bytes());
        assertThat(Register.decode(Golden.REGISTER_CHANGE.bytes())).isEqualTo(register);
    }

    @Test
    void registerForARenewal() throws CborException {
        Register register = Register.renewal(REGISTRATION, PCID);
        assertThat(register.encode()).isEqualTo(Golden.REGISTER_RENEWAL.bytes());
        assertThat(Register.decode(Golden.REGISTER_RENEWAL.bytes())).isEqualTo(register);
    }

    @Test
    void registerAnswer() throws CborException {
        RegisterAnswer answer = RegisterAnswer.decode(Golden.REGISTER_ANSWER.bytes());
        assertThat(answer.operator()).isEqualTo(OPERATOR);
        assertThat(answer.certificate().commonName()).isEqualTo("sho.262-42");
        assertThat(answer.encode()).isEqualTo(Golden.REGISTER_ANSWER.bytes());
    }

    @Test
    void mail() throws CborException {
        Opaque envelope = Opaque.hex("3003020101");
        check(new Mail.Challenge(REGISTRATION, CHALLENGE), Golden.CHALLENGE);
        check(new Mail.Download(REGISTRATION, envelope), Golden.DOWNLOAD);
        check(new Mail.Refusal(REGISTRATION, ResultCode.COMPONENT_MISMATCH), Golden.REFUSAL);
        check(new Mail.Credential(REGISTRATION, Opaque.hex("3003020102"), envelope), Golden.CREDENTIAL);
        check(new Mail.Order(CHALLENGE, Opaque.of(Golden.OWNER_ORDER.bytes())), Golden.ORDER);
    }

    private static void check(Mail mail, Golden golden) throws CborException {
        assertThat(mail.encode()).isEqualTo(golden.bytes());
        assertThat(Mail.decode(golden.bytes())).isEqualTo(mail);
    }

    @Test
    void verdict() throws CborException {
        Verdict verdict = new Verdict(ResultCode.BUSY);
        assertThat(verdict.encode()).isEqualTo(Golden.VERDICT.bytes());
        assertThat(Verdict.decode(Golden.VERDICT.bytes())).isEqualTo(verdict);
    }

    @Test
    void verdictWithMail() throws CborException {
        Verdict verdict = new Verdict(ResultCode.OK, true);
        assertThat(verdict.encode()).isEqualTo(Golden.VERDICT_WITH_MAIL.bytes());
        assertThat(Verdict.decode(Golden.VERDICT_WITH_MAIL.bytes())).isEqualTo(verdict);
    }

    @Test
    void ownersOrder() throws ForgedException {
        byte[] golden = Golden.OWNER_ORDER.bytes();
        assertThat(Samples.order().sign(Samples.SIGNER, Samples.OWNER_SECRET).bytes())
                .isEqualTo(golden);
        assertThat(OwnerOrder.verify(golden, UEID, Samples.OWNER_SECRET)).isEqualTo(Samples.order());
    }

    @Test
    void orderAnswer() throws CborException {
        OrderAnswer answer = new OrderAnswer(CHALLENGE, ResultCode.OK, true);
        assertThat(answer.encode()).isEqualTo(Golden.ORDER_ANSWER.bytes());
        assertThat(OrderAnswer.decode(Golden.ORDER_ANSWER.bytes())).isEqualTo(answer);
    }

    @Test
    void release() throws ForgedException {
        byte[] golden = Golden.RELEASE.bytes();
        assertThat(Samples.release().sign(Samples.SIGNER)).isEqualTo(golden);
        assertThat(Release.unverified(golden)).isEqualTo(Samples.release());
        assertThat(Release.verify(golden, Samples.SIGNER.publicKey().thumbprint()))
                .isEqualTo(Samples.release());
    }

    @Test
    void relay() throws CborException {
        Relay relay = new Relay(REGISTRATION, Opaque.hex("a0"));
        assertThat(relay.encode()).isEqualTo(Golden.RELAY.bytes());
        assertThat(Relay.decode(Golden.RELAY.bytes())).isEqualTo(relay);
    }

    @Test
    void authenticity() throws ForgedException {
        byte[] golden = Golden.AUTHENTICITY.bytes();
        assertThat(Samples.authenticity().sign(Samples.SIGNER)).isEqualTo(golden);
        assertThat(Authenticity.verify(golden, Samples.SIGNER.publicKey())).isEqualTo(Samples.authenticity());
    }

    @Test
    void telemetry() throws CborException {
        assertThat(Samples.telemetry().encode()).isEqualTo(Golden.TELEMETRY.bytes());
        assertThat(Telemetry.decode(Golden.TELEMETRY.bytes())).isEqualTo(Samples.telemetry());
    }

    @Test
    void deviceFeed() throws CborException {
        DeviceFeed feed = new DeviceFeed(41, List.of(UEID, Ueid.hex("01" + "ff".repeat(16))));
        assertThat(feed.encode()).isEqualTo(Golden.DEVICE_FEED.bytes());
        assertThat(DeviceFeed.decode(Golden.DEVICE_FEED.bytes())).isEqualTo(feed);
    }

    @Test
    void provisioningReport() throws ForgedException {
        byte[] golden = Golden.PROVISIONING_REPORT.bytes();
        assertThat(Samples.report().sign(Samples.SIGNER)).isEqualTo(golden);
        assertThat(ProvisioningReport.verify(golden, Samples.SIGNER.publicKey()))
                .isEqualTo(Samples.report());
        assertThat(ProvisioningReport.unverified(golden)).isEqualTo(Samples.report());
    }

    @Test
    void evidence() throws ForgedException {
        byte[] golden = Golden.EVIDENCE.bytes();
        assertThat(Samples.evidence().sign(Samples.SIGNER)).isEqualTo(golden);
        assertThat(Evidence.verify(golden, Samples.SIGNER.publicKey())).isEqualTo(Samples.evidence());
        assertThat(Evidence.unverified(golden)).isEqualTo(Samples.evidence());
    }

    @Test
    void attestationResult() throws ForgedException {
        byte[] golden = Golden.ATTESTATION_RESULT.bytes();
        assertThat(Samples.attestationResult().sign(Samples.SIGNER)).isEqualTo(golden);
        assertThat(AttestationResult.verify(golden, Samples.SIGNER.publicKey())).isEqualTo(Samples.attestationResult());
    }

    @Test
    void referenceValues() throws ForgedException {
        byte[] golden = Golden.REFERENCE_VALUES.bytes();
        assertThat(Samples.referenceValues().sign(Samples.SIGNER)).isEqualTo(golden);
        assertThat(ReferenceValues.verify(golden, Samples.SIGNER.publicKey())).isEqualTo(Samples.referenceValues());
    }
}
