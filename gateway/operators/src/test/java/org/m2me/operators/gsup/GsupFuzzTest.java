// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.gsup;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.MethodSource;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.radio.MalformedException;

/** Any bytes are a GSUP message: it is refused, or keeps what it says through writing and reading again. */
@Timeout(10)
class GsupFuzzTest {
    static Stream<byte[]> seeds() throws IOException {
        return GsupCodecTest.messages().map(GsupMessage::encode);
    }

    @MethodSource("seeds")
    @FuzzTest
    void decode(byte[] input) throws MalformedException {
        GsupMessage.head(input).ifPresent(GsupFuzzTest::refused);
        try (GsupMessage read = GsupMessage.decode(input)) {
            byte[] written = read.encode();
            assertThat(written).hasSizeLessThanOrEqualTo(GsupMessage.LENGTH_MAX);
            try (GsupMessage again = GsupMessage.decode(written)) {
                assertThat(again.type()).isEqualTo(read.type());
                assertThat(again.imsi()).isEqualTo(read.imsi());
                assertThat(again.encode()).isEqualTo(written);
            }
            read.all(GsupTag.PDP_INFO).forEach(GsupFuzzTest::accessPoint);
            assertThat(read.vectors()).hasSizeLessThan(input.length);
        } catch (MalformedException refused) {
            assertThat(refused).hasMessageStartingWith("GSUP: ");
        }
    }

    /** Who asked can be told that it was not understood. */
    private static void refused(GsupMessage.Head head) {
        byte[] refusal = GsupMessage.refusal(head);
        assertThat(GsupMessage.head(refusal).orElseThrow().imsi()).isEqualTo(head.imsi());
    }

    private static void accessPoint(Opaque content) {
        try {
            PdpInfo read = PdpInfo.read(content);
            GsupElement element = read.element();
            assertThat(element).isInstanceOf(GsupElement.Plain.class);
            assertThat(PdpInfo.read(((GsupElement.Plain) element).content())).isEqualTo(read);
        } catch (MalformedException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }
}
