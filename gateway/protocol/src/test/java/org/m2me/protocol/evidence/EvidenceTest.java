// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.m2me.protocol.Golden;
import org.m2me.protocol.Samples;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.cbor.CborValue;
import org.m2me.protocol.cose.CoseSign1;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.identity.Opaque;

class EvidenceTest {
    private static final P256PublicKey KEY = Samples.SIGNER.publicKey();

    @Test
    void refusesEvidenceByAnotherKey() {
        byte[] foreign = Samples.evidence().sign(P256PrivateKey.generate(new SecureRandom()));
        assertThatThrownBy(() -> Evidence.verify(foreign, KEY)).isInstanceOf(ForgedException.class);
    }

    @Test
    void noSignedObjectPassesForAnother() {
        byte[] evidence = Golden.EVIDENCE.bytes();
        byte[] result = Golden.ATTESTATION_RESULT.bytes();
        byte[] reference = Golden.REFERENCE_VALUES.bytes();
        byte[] report = Golden.PROVISIONING_REPORT.bytes();
        for (byte[] other : List.of(result, reference, report)) {
            assertThatThrownBy(() -> Evidence.verify(other, KEY)).isInstanceOf(ForgedException.class);
        }
        for (byte[] other : List.of(evidence, reference, report)) {
            assertThatThrownBy(() -> AttestationResult.verify(other, KEY)).isInstanceOf(ForgedException.class);
        }
        for (byte[] other : List.of(evidence, result, report)) {
            assertThatThrownBy(() -> ReferenceValues.verify(other, KEY)).isInstanceOf(ForgedException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {8, 10, 256, 259, 265, 267, 273, -70001})
    void refusesEvidenceWithoutOneOfItsClaims(long claim) throws Exception {
        CborMap claims = CborMap.decode(payload(Golden.EVIDENCE));
        CborMap.Builder rest = CborMap.builder();
        for (long key : claims.keys()) {
            if (key != claim) {
                rest.put(key, claims.value(key));
            }
        }
        byte[] signed = CoseSign1.sign(rest.build().encode(), CoseSign1.NO_PURPOSE, Samples.SIGNER);
        assertThatThrownBy(() -> Evidence.verify(signed, KEY))
                .isInstanceOf(ForgedException.class)
                .hasMessage("evidence: key " + claim + ": absent");
    }

    @Test
    void passesOverClaimsThatItDoesNotKnow() throws Exception {
        CborMap claims = CborMap.decode(payload(Golden.EVIDENCE));
        CborMap.Builder more = CborMap.builder().put(262, true); // oemboot
        for (long key : claims.keys()) {
            more.put(key, claims.value(key));
        }
        byte[] signed = CoseSign1.sign(more.build().encode(), CoseSign1.NO_PURPOSE, Samples.SIGNER);
        assertThat(Evidence.verify(signed, KEY)).isEqualTo(Samples.evidence());
    }

    @Test
    void refusesAComponentThatIsNamedTwice() {
        // One good and one bad digest under the same name: a verifier might look at the good one only.
        List<MeasuredComponent> twice = List.of(
                new MeasuredComponent("agent", "", Samples.digest(1)),
                new MeasuredComponent("agent", "", Samples.digest(2)));
        assertThatIllegalArgumentException().isThrownBy(() -> evidence(twice));
        assertThatIllegalArgumentException().isThrownBy(() -> evidence(List.of()));
        List<MeasuredComponent> many = new ArrayList<>();
        for (int i = 0; i < 17; i++) {
            many.add(new MeasuredComponent("part" + i, "", Samples.digest(i)));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> evidence(many));
    }

    @Test
    void refusesComponentsOutOfRange() {
        Opaque digest = Samples.digest(1);
        Opaque cut = Opaque.hex("01".repeat(31));
        assertThatIllegalArgumentException().isThrownBy(() -> new MeasuredComponent("", "", digest));
        assertThatIllegalArgumentException().isThrownBy(() -> new MeasuredComponent("x".repeat(33), "", digest));
        assertThatIllegalArgumentException().isThrownBy(() -> new MeasuredComponent("x", "ż".repeat(17), digest));
        assertThatIllegalArgumentException().isThrownBy(() -> new MeasuredComponent("x", "", cut));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 0",
        "-1, 0",
        "2, 2",
        "31, 2",
        "-2, 2",
        "-32, 2",
        "32, 32",
        "95, 32",
        "-33, 32",
        "-96, 32",
        "96, 96",
        "127, 96",
        "-97, 96",
        "-128, 96"
    })
    void knowsTheTierOfAnEntry(int entry, int tier) {
        assertThat(TrustVector.tier(entry)).isEqualTo(tier);
        assertThat(new TrustVector(2, entry, 0, 0, 0, 0, 0, 0).worstTier()).isEqualTo(Math.max(2, tier));
    }

    @Test
    void aTrustedEnvironmentInSoftwareEndsAtWarning() {
        assertThat(Samples.attestationResult().status()).isEqualTo(TrustVector.WARNING);
    }

    @Test
    void refusesAResultThatClaimsABetterStatusThanItsVector() throws Exception {
        CborMap claims = CborMap.decode(payload(Golden.ATTESTATION_RESULT));
        CborMap appraisal = claims.map(266).map("tre");
        CborMap.Builder better = CborMap.builder().put(1000, TrustVector.AFFIRMING);
        for (long key : appraisal.keys()) {
            if (key != 1000) {
                better.put(key, appraisal.value(key));
            }
        }
        CborMap.Builder changed = CborMap.builder();
        for (long key : claims.keys()) {
            CborValue value = key == 266
                    ? CborValue.of(CborMap.builder()
                            .put("tre", CborValue.of(better.build()))
                            .build())
                    : claims.value(key);
            changed.put(key, value);
        }
        byte[] signed = CoseSign1.sign(changed.build().encode(), CoseSign1.NO_PURPOSE, Samples.SIGNER);
        assertThatThrownBy(() -> AttestationResult.verify(signed, KEY))
                .isInstanceOf(ForgedException.class)
                .hasMessageContaining("status 2, but the vector says 32");
    }

    @Test
    void carriesAResultWithoutANonce() throws ForgedException {
        AttestationResult sample = Samples.attestationResult();
        AttestationResult untied = new AttestationResult(
                sample.ueid(),
                sample.verifier(),
                sample.issued().plusMillis(7),
                sample.expires(),
                new TrustVector(99, -128, 127, 1, -1, 96, 32, 2),
                sample.policyId(),
                sample.referenceSet(),
                sample.components(),
                Optional.empty(),
                0,
                Long.MAX_VALUE,
                sample.firmware(),
                sample.agreementKey(),
                sample.credential());
        assertThat(AttestationResult.verify(untied.sign(Samples.SIGNER), KEY)).isEqualTo(untied);
        assertThat(untied.issued()).isEqualTo(sample.issued());
    }

    @Test
    void refusesReferenceValuesThatEndBeforeTheyBegin() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ReferenceValues(
                        "id",
                        1,
                        "acme",
                        "model",
                        Samples.MORNING,
                        Samples.MORNING.minusSeconds(1),
                        Collections.singletonList(Samples.COMPONENTS.get(0))));
    }

    private static Evidence evidence(List<MeasuredComponent> components) {
        return new Evidence(
                Samples.UEID,
                Samples.CHALLENGE,
                "model",
                1,
                1,
                components,
                Samples.digest(5),
                Samples.AGREEMENT.publicKey());
    }

    private static byte[] payload(Golden golden) throws ForgedException {
        return CoseSign1.parse(golden.bytes()).unverifiedPayload();
    }
}
