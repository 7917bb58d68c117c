// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.envelope.CmsMcimEnvelope;
import org.m2me.protocol.envelope.Mcim;
import org.m2me.protocol.evidence.AttestationResult;
import org.m2me.protocol.evidence.Authenticity;
import org.m2me.protocol.evidence.Authenticity.Vouched;
import org.m2me.protocol.evidence.MeasuredComponent;
import org.m2me.protocol.evidence.TrustVector;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceState;
import org.m2me.protocol.message.Mail;
import org.m2me.protocol.message.OwnerOrder;
import org.m2me.protocol.message.OwnerSecret;
import org.m2me.protocol.message.ProvisioningReport;
import org.m2me.protocol.message.Register;
import org.m2me.protocol.message.Release;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.pki.Certificate;

/** The device's side: keys of a Trusted Environment, and what it says. */
public final class Machine {
    /** What each of them has. */
    public static final List<MeasuredComponent> MEASURED = Stream.of("runtime", "agent", "config")
            .map(name -> new MeasuredComponent(name, "1", Opaque.of(new byte[32])))
            .toList();

    public static final String POLICY = "m2me-1";
    public static final TrustVector SOFT = new TrustVector(2, 2, 3, 0, 0, 0, 32, 0);

    public final Ueid ueid;
    public final Opaque ownerToken;
    public final P256PrivateKey platformKey;
    public final P256PrivateKey agreementKey;
    private final SecureRandom random;

    public Machine(SecureRandom random) {
        this.random = random;
        byte[] id = bytes(Ueid.LENGTH);
        id[0] = 1;
        this.ueid = new Ueid(Opaque.of(id));
        this.ownerToken = Opaque.of(bytes(16));
        this.platformKey = P256PrivateKey.generate(random);
        this.agreementKey = P256PrivateKey.generate(random);
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    public byte[] register(Nonce nonce) {
        return Register.initial(nonce, Optional.empty()).encode();
    }

    public byte[] report(Nonce registration, ResultCode code) {
        return report(registration, code, 7);
    }

    public byte[] report(Nonce registration, ResultCode code, long storeGeneration) {
        return new ProvisioningReport(registration, code, storeGeneration).sign(platformKey);
    }

    /** What an operator gets instead of the owner's secret. */
    public Opaque tokenFor(Plmn operator) {
        try (SecretBytes secret = SecretBytes.takeFrom(ownerToken.bytes())) {
            return OwnerSecret.operatorToken(secret, operator);
        }
    }

    /** By which its owner is known to the IVF. */
    public Opaque inquiryToken() {
        try (SecretBytes secret = SecretBytes.takeFrom(ownerToken.bytes())) {
            return OwnerSecret.inquiryToken(secret);
        }
    }

    /** An order that came in the mailbox, if it is by the owner. */
    public OwnerOrder order(Mail mail) throws ForgedException {
        try (SecretBytes secret = SecretBytes.takeFrom(ownerToken.bytes())) {
            return OwnerOrder.verify(((Mail.Order) mail).order().bytes(), ueid, secret);
        }
    }

    /** The receipt of a discarded subscription. */
    public byte[] release(Nonce registration, Plmn operator) {
        return new Release(registration, ueid, operator, 8).sign(platformKey);
    }

    /** The PVA's word on this device's credential. */
    public Opaque authenticity(Nonce registration, Instant issued, P256PrivateKey pva) {
        return Opaque.of(new Authenticity(List.of(vouched(registration)), issued).sign(pva));
    }

    /** What a PVA that finds its credential good says of it. */
    public Vouched vouched(Nonce registration) {
        return new Vouched(ueid, registration, platformKey.publicKey().thumbprint(), Optional.empty());
    }

    /** As it is after a result of this class was made. */
    public static DeviceState state() {
        return new DeviceState(6, MeasuredComponent.firmware(MEASURED));
    }

    public Mcim open(Opaque envelope, Certificate operator) throws ForgedException {
        return new CmsMcimEnvelope(random).open(envelope.bytes(), operator.publicKey(), agreementKey);
    }

    public static Mail mail(Optional<byte[]> answer) {
        try {
            return Mail.decode(answer.orElseThrow());
        } catch (CborException malformed) {
            throw new IllegalStateException(malformed);
        }
    }

    /** What a PVA finds of this device. */
    public AttestationResult result(Instant issued) {
        return result(
                issued,
                SOFT,
                POLICY,
                MEASURED.stream().map(MeasuredComponent::name).toList());
    }

    public AttestationResult result(Instant issued, TrustVector vector, String policy, List<String> components) {
        return new AttestationResult(
                ueid,
                "pva",
                issued,
                issued.plusSeconds(600),
                vector,
                policy,
                "acme 1",
                components,
                Optional.of(Nonce.random(random)),
                3,
                5,
                state().firmware(),
                agreementKey.publicKey(),
                platformKey.publicKey().thumbprint());
    }
}
