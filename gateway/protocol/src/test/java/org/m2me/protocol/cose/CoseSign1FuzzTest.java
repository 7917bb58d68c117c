// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.cose;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.MethodSource;
import org.m2me.protocol.Golden;
import org.m2me.protocol.Samples;
import org.m2me.protocol.UnsignedObjects;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.message.ProvisioningReport;

/** Any bytes meet the decoders of COSE: nothing but what was signed verifies. */
@Timeout(10)
class CoseSign1FuzzTest {
    private static final byte[] SIGNED = UnsignedObjects.payload(Golden.EVIDENCE.bytes());

    static Stream<byte[]> seeds() {
        return Stream.of(
                Golden.PROVISIONING_REPORT.bytes(),
                Golden.EVIDENCE.bytes(),
                Golden.REFERENCE_VALUES.bytes(),
                CoseKey.encode(Samples.AGREEMENT.publicKey()).encode());
    }

    @MethodSource("seeds")
    @FuzzTest
    void decode(byte[] input) {
        signature(input);
        report(input);
        key(input);
    }

    /** Evidence alone among the seeds is signed by this key and has four parts of this length. */
    private static void signature(byte[] input) {
        try {
            CoseSign1 read = CoseSign1.parse(input);
            assertThat(read.kid().length()).isEqualTo(8);
            if (read.unverifiedPayload().length == SIGNED.length) {
                assertThat(read.verify(Samples.SIGNER.publicKey(), CoseSign1.NO_PURPOSE))
                        .isEqualTo(SIGNED);
            }
        } catch (ForgedException refused) {
            assertThat(refused).hasMessageStartingWith("COSE_Sign1: ");
        }
    }

    private static void report(byte[] input) {
        try {
            ProvisioningReport read = ProvisioningReport.unverified(input);
            assertThat(ProvisioningReport.unverified(read.sign(UnsignedObjects.SIGNER)))
                    .isEqualTo(read);
        } catch (ForgedException refused) {
            assertThat(refused).hasMessageContaining(": ");
        }
    }

    private static void key(byte[] input) {
        try {
            assertThat(CoseKey.encode(CoseKey.decode(CborMap.decode(input))).encode())
                    .isEqualTo(input);
        } catch (CborException refused) {
            assertThat(refused).hasNoCause();
        }
    }
}
