// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.MethodSource;
import org.m2me.protocol.Golden;
import org.m2me.protocol.UnsignedObjects;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.cbor.CborValue;
import org.m2me.protocol.crypto.ForgedException;

/**
 * Any bytes are the payload of a signature that verified: EAT, EAR, CoRIM and words on authenticity refuse them, or keep what they read through
 * writing and reading again. Claims that nobody asks for are not kept.
 */
@Timeout(10)
class EvidenceFuzzTest {
    static Stream<byte[]> seeds() {
        return Stream.of(Golden.EVIDENCE, Golden.ATTESTATION_RESULT, Golden.REFERENCE_VALUES, Golden.AUTHENTICITY)
                .map(golden -> UnsignedObjects.payload(golden.bytes()));
    }

    @MethodSource("seeds")
    @FuzzTest
    void decode(byte[] input) {
        evidence(input);
        attestationResult(input);
        referenceValues(input);
        authenticity(input);
    }

    private static void evidence(byte[] input) {
        try {
            Evidence read = Claims.read("evidence", () -> Evidence.decode(CborMap.decode(input)));
            assertThat(Evidence.unverified(read.sign(UnsignedObjects.SIGNER))).isEqualTo(read);
        } catch (ForgedException refused) {
            assertThat(refused).hasMessageStartingWith("evidence: ");
        }
    }

    private static void attestationResult(byte[] input) {
        try {
            AttestationResult read = Claims.read("result", () -> AttestationResult.decode(CborMap.decode(input)));
            byte[] again = UnsignedObjects.payload(read.sign(UnsignedObjects.SIGNER));
            assertThat(Claims.read("again", () -> AttestationResult.decode(CborMap.decode(again))))
                    .isEqualTo(read);
        } catch (ForgedException refused) {
            assertThat(refused).hasMessageStartingWith("result: ");
        }
    }

    private static void referenceValues(byte[] input) {
        try {
            ReferenceValues read =
                    Claims.read("reference values", () -> ReferenceValues.decode(CborValue.decode(input)));
            byte[] again = UnsignedObjects.payload(read.sign(UnsignedObjects.SIGNER));
            assertThat(Claims.read("again", () -> ReferenceValues.decode(CborValue.decode(again))))
                    .isEqualTo(read);
        } catch (ForgedException refused) {
            assertThat(refused).hasMessageStartingWith("reference values: ");
        }
    }

    private static void authenticity(byte[] input) {
        try {
            Authenticity read = Claims.read("authenticity", () -> Authenticity.decode(CborMap.decode(input)));
            byte[] again = UnsignedObjects.payload(read.sign(UnsignedObjects.SIGNER));
            assertThat(Claims.read("again", () -> Authenticity.decode(CborMap.decode(again))))
                    .isEqualTo(read);
        } catch (ForgedException refused) {
            assertThat(refused).hasMessageStartingWith("authenticity: ");
        }
    }
}
