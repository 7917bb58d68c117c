// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.radio;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes are a user's packet, in its tunnel or out of it, its header's checksum as it came and put right. */
@Timeout(10)
class PacketFuzzTest {
    private static final int HEADER_CHECKSUM = 10;

    static Stream<byte[]> seeds() throws IOException {
        var from = Ipv4Packet.address(new byte[] {10, 99, 0, 2}, 0);
        var to = Ipv4Packet.address(new byte[] {10, 66, 0, 1}, 0);
        byte[] udp = new Ipv4Udp(from, 50000, to, 5684, "hi".getBytes(StandardCharsets.US_ASCII)).encode();
        return Stream.of(udp, new GtpU(0xdeadbeefL, udp).encode(), Ipv4Packet.encode(6, from, to, new byte[20]));
    }

    @MethodSource("seeds")
    @FuzzTest
    void decode(byte[] input) {
        byte[] packet = input;
        try {
            GtpU tunnelled = GtpU.decode(input);
            packet = tunnelled.packet();
            assertThat(GtpU.decode(tunnelled.encode()).packet()).isEqualTo(packet);
        } catch (MalformedException refused) {
            assertThat(refused).hasMessageContaining("at octet");
        }
        packet(packet);
        packet(putRight(packet));
    }

    private static void packet(byte[] input) {
        try {
            Ipv4Udp read = Ipv4Udp.of(Ipv4Packet.decode(input));
            assertThat(read.payload()).hasSizeLessThanOrEqualTo(input.length - Ipv4Udp.HEADERS);
            assertThat(Ipv4Udp.of(Ipv4Packet.decode(read.encode())))
                    .usingRecursiveComparison()
                    .isEqualTo(read);
        } catch (MalformedException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }

    private static byte[] putRight(byte[] packet) {
        byte[] right = packet.clone();
        int header = packet.length == 0 ? 0 : (packet[0] & 15) * 4;
        if (header >= Ipv4Packet.HEADER && header <= packet.length) {
            right[HEADER_CHECKSUM] = 0;
            right[HEADER_CHECKSUM + 1] = 0;
            int checksum = Ipv4Packet.checksum(0, right, 0, header);
            right[HEADER_CHECKSUM] = (byte) (checksum >> 8);
            right[HEADER_CHECKSUM + 1] = (byte) checksum;
        }
        return right;
    }
}
