// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.envelope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.security.SecureRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.MethodSource;
import org.m2me.protocol.Samples;
import org.m2me.protocol.UnsignedObjects;
import org.m2me.protocol.crypto.ForgedException;

/** Any bytes meet the envelope of a MCIM: both layers refuse them, or they are the one encoding of what was read. */
@Timeout(10)
class EnvelopeFuzzTest {
    private static final CmsMcimEnvelope ENVELOPE = new CmsMcimEnvelope(new SecureRandom());

    static Stream<byte[]> seeds() throws ForgedException {
        try (Mcim mcim = TestMcim.milenage(new SecureRandom())) {
            byte[] sealed = ENVELOPE.seal(mcim, Samples.AGREEMENT.publicKey(), UnsignedObjects.SIGNER);
            return Stream.of(sealed, CmsSigned.parse(sealed).content());
        }
    }

    @MethodSource("seeds")
    @FuzzTest
    void parse(byte[] input) {
        signed(input);
        sealed(input);
        open(input);
    }

    private static void signed(byte[] input) {
        try {
            CmsSigned read = CmsSigned.parse(input);
            assertThat(read.der()).isEqualTo(input);
            sealed(read.content());
        } catch (ForgedException refused) {
            assertThat(refused).hasMessageStartingWith("envelope: ");
        }
    }

    private static void sealed(byte[] input) {
        try {
            assertThat(CmsSealed.parse(input).der()).isEqualTo(input);
        } catch (ForgedException refused) {
            assertThat(refused).hasMessageStartingWith("envelope: ");
        }
    }

    private static void open(byte[] input) {
        try (Mcim forged = ENVELOPE.open(input, Samples.SIGNER.publicKey(), Samples.AGREEMENT)) {
            fail("opened what nobody signed: " + forged);
        } catch (ForgedException refused) {
            assertThat(refused).hasMessageStartingWith("envelope: ");
        }
    }
}
