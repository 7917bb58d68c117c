// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.gsup;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.MethodSource;
import org.m2me.protocol.radio.MalformedException;

/** Any bytes are what a connection carries: frames until one is not spoken here. */
@Timeout(10)
class IpaFuzzTest {
    private static final int TOGETHER = 6;

    /** Pieces of the recorded conversations. */
    static Stream<byte[]> seeds() throws IOException {
        List<RecordedFrames.Recorded> all = RecordedFrames.all();
        return Stream.iterate(0, from -> from < all.size(), from -> from + TOGETHER)
                .map(from -> {
                    ByteArrayOutputStream piece = new ByteArrayOutputStream();
                    all.subList(from, Math.min(all.size(), from + TOGETHER))
                            .forEach(frame -> piece.writeBytes(frame.octets()));
                    return piece.toByteArray();
                });
    }

    @MethodSource("seeds")
    @FuzzTest
    void read(byte[] input) throws IOException {
        ByteArrayInputStream in = new ByteArrayInputStream(input);
        try {
            while (true) {
                int before = in.available();
                IpaFrame frame = IpaFrame.read(in);
                int from = input.length - before;
                assertThat(frame.encode()).isEqualTo(Arrays.copyOfRange(input, from, input.length - in.available()));
                if (frame.kind() == IpaFrame.Kind.CCM) {
                    control(frame.content());
                }
            }
        } catch (MalformedException | EOFException end) {
            assertThat(end).hasMessageStartingWith("IPA: ");
        }
    }

    private static void control(byte[] content) {
        try {
            Ccm read = Ccm.decode(content);
            Ccm again = Ccm.decode(read.encode());
            assertThat(again).isEqualTo(read);
        } catch (MalformedException refused) {
            assertThat(refused).hasMessageStartingWith("CCM: ");
        }
    }
}
