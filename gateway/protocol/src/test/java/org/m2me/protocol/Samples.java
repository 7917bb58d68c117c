// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.evidence.AttestationResult;
import org.m2me.protocol.evidence.Authenticity;
import org.m2me.protocol.evidence.Authenticity.Vouched;
import org.m2me.protocol.evidence.Evidence;
import org.m2me.protocol.evidence.MeasuredComponent;
import org.m2me.protocol.evidence.ReferenceValues;
import org.m2me.protocol.evidence.TrustVector;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Activation;
import org.m2me.protocol.message.OwnerOrder;
import org.m2me.protocol.message.ProvisioningReport;
import org.m2me.protocol.message.RegisterAnswer;
import org.m2me.protocol.message.Release;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.message.Telemetry;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.step.Procedure;

/** What the golden bytes mean. Keys are fixed and signatures deterministic, so signed objects have golden bytes too. */
public final class Samples {
    /** RFC 6979 A.2.5: known to everybody. */
    public static final P256PrivateKey SIGNER = key("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721");

    public static final P256PrivateKey AGREEMENT =
            key("0000000000000000000000000000000000000000000000000000000000000002");

    public static final Ueid UEID = Ueid.hex("01000102030405060708090a0b0c0d0e0f");
    public static final Nonce REGISTRATION = new Nonce(Opaque.hex("a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"));
    public static final Nonce CHALLENGE = new Nonce(Opaque.hex("b0b1b2b3b4b5b6b7b8b9babbbcbdbebf"));
    public static final Pcid PCID = Pcid.of("901700000000001");
    public static final Plmn OPERATOR = new Plmn("262", "42");
    public static final Instant MORNING = Instant.parse("2026-11-22T06:00:00Z");
    public static final List<MeasuredComponent> COMPONENTS = List.of(
            new MeasuredComponent("runtime", "17.0.15", digest(1)),
            new MeasuredComponent("agent", "0.1.0", digest(2)),
            new MeasuredComponent("config", "", digest(3)),
            new MeasuredComponent("image", "", digest(4)));

    /** What came with the device. */
    public static final SecretBytes OWNER_SECRET =
            SecretBytes.copyOf(Opaque.hex("c0c1c2c3c4c5c6c7c8c9cacbcccdcecf").bytes());

    private Samples() {}

    public static Evidence evidence() {
        return new Evidence(UEID, CHALLENGE, "laptop-emulated", 3, 7, COMPONENTS, digest(5), AGREEMENT.publicKey());
    }

    public static AttestationResult attestationResult() {
        return new AttestationResult(
                UEID,
                "pva",
                MORNING,
                MORNING.plusSeconds(3600),
                new TrustVector(2, 2, 3, 0, 0, 0, 32, 0),
                "tre-soft/1",
                "laptop-emulated/1",
                List.of("runtime", "agent", "config", "image"),
                Optional.of(CHALLENGE),
                3,
                7,
                MeasuredComponent.firmware(COMPONENTS),
                AGREEMENT.publicKey(),
                SIGNER.publicKey().thumbprint());
    }

    public static ReferenceValues referenceValues() {
        return new ReferenceValues(
                "laptop-emulated", 1, "acme", "laptop-emulated", MORNING, MORNING.plusSeconds(86_400), COMPONENTS);
    }

    public static ProvisioningReport report() {
        return new ProvisioningReport(REGISTRATION, ResultCode.OK, 8);
    }

    public static OwnerOrder order() {
        return new OwnerOrder(CHALLENGE, UEID, 4, Procedure.CHANGE, OPERATOR);
    }

    public static Release release() {
        return new Release(REGISTRATION, UEID, OPERATOR, 9);
    }

    public static Authenticity authenticity() {
        return new Authenticity(
                List.of(
                        new Vouched(UEID, REGISTRATION, SIGNER.publicKey().thumbprint(), Optional.empty()),
                        new Vouched(
                                Ueid.hex("01" + "ff".repeat(16)),
                                CHALLENGE,
                                digest(9),
                                Optional.of(MORNING.minusSeconds(9)))),
                MORNING);
    }

    public static Telemetry telemetry() {
        return new Telemetry(1, MORNING, new TreeMap<>(Map.of("temperature_mC", -4500L, "uptime_s", 61L)));
    }

    /** By the certificate that is in another golden message. */
    public static Activation activation() {
        Certificate anchor;
        try {
            anchor = RegisterAnswer.decode(Golden.REGISTER_ANSWER.bytes()).certificate();
        } catch (CborException impossible) {
            throw new IllegalStateException(impossible);
        }
        Activation.Association fleet = new Activation.Association(anchor, "telemetry.fleet");
        Activation.Association management = new Activation.Association(anchor, "gateway");
        return new Activation(
                UEID,
                4,
                new Activation.Terms(
                        new Activation.Server("telemetry.fleet.example", 5684, fleet),
                        Optional.of(new Activation.Server("2001:db8::1", 15684, management)),
                        Optional.of(new Activation.Association(anchor, "manager"))));
    }

    public static Opaque digest(int fill) {
        return Opaque.hex(String.format("%02x", fill).repeat(32));
    }

    private static P256PrivateKey key(String scalar) {
        try (SecretBytes bytes = SecretBytes.takeFrom(Opaque.hex(scalar).bytes())) {
            return P256PrivateKey.ofScalar(bytes);
        }
    }
}
