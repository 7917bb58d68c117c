// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.radio;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.MethodSource;
import org.m2me.protocol.identity.Opaque;

/** Any bytes are signalling: each decoder refuses them, or keeps what it read through writing and reading again. */
@Timeout(10)
class RadioFuzzTest {
    static Stream<byte[]> seeds() throws IOException {
        TunnelEndpoint tunnel = new TunnelEndpoint(2152, 0xdeadbeefL);
        Stream<byte[]> joining = Stream.of(
                new Association.Join("02:00:00:00:00:01", tunnel).encode(),
                new Association.Joined(
                                Ipv4Packet.address(new byte[] {10, 1, 2, 3}, 0),
                                tunnel,
                                Map.of(224, "coaps://127.0.0.1"))
                        .encode(),
                new Association.Rejected("full").encode());
        Stream<byte[]> mobile = Stream.concat(RadioCodecTest.uplink(), RadioCodecTest.downlink())
                .map(row -> Opaque.hex((String) row[0]).bytes());
        return Stream.concat(joining, mobile);
    }

    @MethodSource("seeds")
    @FuzzTest
    void decode(byte[] input) throws IOException {
        try {
            RadioMessage.Uplink read = RadioCodec.decodeUplink(input);
            assertThat(RadioCodec.decodeUplink(read.encode())).isEqualTo(read);
        } catch (MalformedException refused) {
            assertThat(refused).hasMessageContaining("at octet");
        }
        try {
            RadioMessage.Downlink read = RadioCodec.decodeDownlink(input);
            assertThat(RadioCodec.decodeDownlink(read.encode())).isEqualTo(read);
        } catch (MalformedException refused) {
            assertThat(refused).hasMessageContaining("at octet");
        }
        try {
            Association read = Association.decode(input);
            assertThat(Association.decode(read.encode())).isEqualTo(read);
        } catch (MalformedException refused) {
            assertThat(refused).hasMessageContaining("at octet");
        }
        frames(input);
    }

    private static void frames(byte[] input) throws IOException {
        ByteArrayInputStream in = new ByteArrayInputStream(input);
        try {
            while (true) {
                assertThat(Frames.read(in)).hasSizeBetween(1, Frames.LENGTH_MAX);
            }
        } catch (MalformedException | EOFException end) {
            assertThat(in.available()).isLessThan(input.length + 1);
        }
    }
}
