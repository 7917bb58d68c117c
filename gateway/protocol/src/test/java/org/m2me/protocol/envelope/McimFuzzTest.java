// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.envelope;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.security.SecureRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.MethodSource;
import org.m2me.protocol.aka.AkaAlgorithm;
import org.m2me.protocol.aka.AkaConstants;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.SqnArray;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.crypto.SecretBytes;

/** Any bytes come out of an envelope that was sealed: they are refused, or are the one encoding of a MCIM. */
@Timeout(10)
class McimFuzzTest {
    static Stream<byte[]> seeds() {
        SecureRandom random = new SecureRandom();
        AkaKey key = new AkaKey(
                AkaAlgorithm.TUAK,
                SecretBytes.random(32, random),
                SecretBytes.random(32, random),
                AkaConstants.tuak(16, 2));
        SqnArray sqn = SqnArray.of(new SqnParameters(1, 1L << 20, 100), new long[] {7, 8});
        return Stream.of(TestMcim.milenage(random), TestMcim.with(key, sqn, random))
                .map(McimFuzzTest::encoded);
    }

    private static byte[] encoded(Mcim mcim) {
        try (mcim;
                SecretBytes cbor = mcim.encode()) {
            return cbor.use(byte[]::clone);
        }
    }

    @MethodSource("seeds")
    @FuzzTest
    void decode(byte[] input) {
        try (SecretBytes cbor = SecretBytes.copyOf(input)) {
            boolean unknown = McimCodec.namesUnknownAlgorithm(cbor);
            try (Mcim mcim = Mcim.decode(cbor)) {
                assertThat(encoded(mcim)).isEqualTo(input);
                assertThat(unknown).isFalse();
            } catch (CborException refused) {
                assertThat(refused).hasNoCause();
            }
        }
    }
}
