// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.cbor;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.MethodSource;
import org.m2me.protocol.Golden;

/** Any bytes meet the CBOR decoder: it refuses them, or they are the one encoding of what it read. */
@Timeout(10)
class CborFuzzTest {
    static Stream<byte[]> seeds() {
        return Arrays.stream(Golden.values()).map(Golden::bytes);
    }

    @MethodSource("seeds")
    @FuzzTest
    void decode(byte[] input) {
        try {
            assertThat(CborValue.decode(input).encode()).isEqualTo(input);
        } catch (CborException refused) {
            assertThat(refused).hasMessageStartingWith("offset");
        }
    }
}
