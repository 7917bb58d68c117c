// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ivf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.m2me.operators.Ivf;
import org.m2me.operators.ManualClock;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.evidence.AttestationResult;
import org.m2me.protocol.evidence.MeasuredComponent;
import org.m2me.protocol.evidence.TrustVector;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceState;
import org.m2me.protocol.message.OwnerSecret;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.pki.CertificateAuthority;
import org.m2me.protocol.step.StepObserver;

/** An IVF, and what a PVA would issue to it. */
final class IvfFixture implements AutoCloseable {
    static final Plmn OPERATOR = Plmn.parse("262-02");
    static final String POLICY = "m2m-baseline-1";
    static final String SET = "acme/board:3";
    static final List<MeasuredComponent> COMPONENTS =
            List.of(component("runtime", "1.0", 1), component("agent", "2.1", 2));
    static final Opaque CREDENTIAL = digest(77);

    final ManualClock clock = new ManualClock(Instant.parse("2026-11-22T12:00:00Z"));
    final SecureRandom random = new SecureRandom();
    /** By which the owner of each device is known. */
    static final Opaque TOKEN = Opaque.of(new byte[OwnerSecret.LENGTH]);

    final P256PrivateKey pvaKey = P256PrivateKey.generate(random);
    final Opaque firmware = MeasuredComponent.firmware(COMPONENTS);
    private final Certificate pva;
    private final RoleContext context;
    IvfRole ivf;

    IvfFixture(Path directory) {
        CertificateAuthority authority = CertificateAuthority.selfSigned(
                "pva", pvaKey, clock.instant().minusSeconds(60), clock.instant().plus(Duration.ofDays(3650)));
        pva = authority.certificate();
        context = new RoleContext(directory, clock, random, StepObserver.NONE, pva, pvaKey, List.of(pva));
        ivf = new IvfRole(context, pva);
    }

    void restart() {
        ivf.close();
        ivf = new IvfRole(context, pva);
    }

    static MeasuredComponent component(String name, String version, int seed) {
        return new MeasuredComponent(name, version, digest(seed));
    }

    static Opaque digest(int seed) {
        byte[] digest = new byte[32];
        digest[0] = (byte) seed;
        return Opaque.of(digest);
    }

    static Ueid device(int number) {
        return Ueid.hex(String.format("01%032x", number));
    }

    /** What is in a result. */
    record Claims(
            Ueid device,
            String policy,
            Instant issued,
            String set,
            Opaque credential,
            long generation,
            List<MeasuredComponent> components) {
        Claims by(String otherPolicy) {
            return new Claims(device, otherPolicy, issued, set, credential, generation, components);
        }

        Claims at(Instant time) {
            return new Claims(device, policy, time, set, credential, generation, components);
        }

        Claims restingOn(String otherSet, Opaque otherCredential, List<MeasuredComponent> others) {
            return new Claims(device, policy, issued, otherSet, otherCredential, generation, others);
        }
    }

    Claims claims(int device) {
        return new Claims(device(device), POLICY, clock.instant(), SET, CREDENTIAL, 10, COMPONENTS);
    }

    Opaque signed(Claims claims, P256PrivateKey key) {
        AttestationResult result = new AttestationResult(
                claims.device(),
                "pva",
                claims.issued(),
                claims.issued().plus(Duration.ofHours(24)),
                new TrustVector(2, 2, 3, 0, 0, 0, 32, 0),
                claims.policy(),
                claims.set(),
                claims.components().stream().map(MeasuredComponent::name).toList(),
                Optional.empty(),
                4,
                claims.generation(),
                MeasuredComponent.firmware(claims.components()),
                pvaKey.publicKey(),
                claims.credential());
        return Opaque.of(result.sign(key));
    }

    Opaque publish(Claims claims) throws Refused {
        Opaque signed = signed(claims, pvaKey);
        ivf.publish(publication(signed, claims.components()));
        return signed;
    }

    void permit(int... devices) throws Refused {
        ivf.permit(permission("fleet", OPERATOR, devices));
    }

    /** What the PVA issues about a device whose box {@link #TOKEN} was in. */
    static Ivf.Publication publication(Opaque signed, List<MeasuredComponent> components) {
        return new Ivf.Publication(signed, components, Optional.of(OwnerSecret.proofOf(TOKEN)));
    }

    /** With the right token. */
    static Ivf.Permission permission(String subscriber, Plmn operator, int... devices) {
        return new Ivf.Permission(
                subscriber,
                operator,
                Arrays.stream(devices)
                        .mapToObj(device -> new Ivf.Owned(device(device), TOKEN))
                        .toList());
    }

    Ivf.Inquiry inquiry(List<Ivf.Asked> asked) {
        return new Ivf.Inquiry(OPERATOR, POLICY, Set.of("runtime", "agent"), Optional.of(5L), asked);
    }

    Ivf.Answer ask(int device) throws Refused {
        return ask(device, Optional.of(new DeviceState(12, firmware)));
    }

    Ivf.Answer ask(int device, Optional<DeviceState> state) throws Refused {
        return ivf.inquire(inquiry(List.of(new Ivf.Asked(device(device), state))))
                .get(0);
    }

    Ivf.Standing standing(int device) throws Refused {
        return ask(device).standing();
    }

    @Override
    public void close() {
        ivf.close();
    }

    static void assertRefused(ResultCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo(code));
    }
}
