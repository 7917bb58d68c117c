// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.MethodSource;
import org.m2me.protocol.Golden;
import org.m2me.protocol.cbor.CborException;

/** Any bytes meet the decoder of each message: it refuses them, or they are the one encoding of what it read. */
@Timeout(10)
class MessageFuzzTest {
    /** Reads a message, and writes it again. */
    private interface Decoder {
        byte[] again(byte[] bytes) throws CborException;
    }

    private static final List<Decoder> DECODERS = List.of(
            bytes -> Register.decode(bytes).encode(),
            bytes -> RegisterAnswer.decode(bytes).encode(),
            bytes -> Mail.decode(bytes).encode(),
            bytes -> Verdict.decode(bytes).encode(),
            bytes -> Telemetry.decode(bytes).encode(),
            bytes -> OrderAnswer.decode(bytes).encode(),
            bytes -> Relay.decode(bytes).encode(),
            bytes -> ActivationRequest.decode(bytes).encode(),
            bytes -> Activation.decode(bytes).encode(),
            bytes -> DeviceFeed.decode(bytes).encode());

    static Stream<byte[]> seeds() {
        return Arrays.stream(Golden.values()).map(Golden::bytes);
    }

    @MethodSource("seeds")
    @FuzzTest
    void decode(byte[] input) {
        for (Decoder decoder : DECODERS) {
            try {
                assertThat(decoder.again(input)).isEqualTo(input);
            } catch (CborException refused) {
                assertThat(refused.getMessage()).isNotBlank();
            }
        }
    }
}
