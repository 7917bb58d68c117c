// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.radio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.m2me.protocol.identity.Opaque;

class PacketTest {
    /** From 10.99.0.2:50000 to 10.66.0.1:5684, "hi"; checksums from a program of its own, by RFC 1071. */
    private static final String PACKET = "4500001e00004000401126280a6300020a420001" + "c3501634000aa944" + "6869";

    @Test
    void buildsAUdpPacketWithBothChecksums() throws IOException {
        var udp = new Ipv4Udp(address("10.99.0.2"), 50000, address("10.66.0.1"), 5684, bytes("hi"));
        assertThat(Opaque.of(udp.encode()).hex()).isEqualTo(PACKET);
    }

    @Test
    void readsBackWhatItBuilt() throws IOException {
        var udp = new Ipv4Udp(address("10.99.0.2"), 50000, address("10.66.0.1"), 5684, bytes("odd"));
        var packet = Ipv4Packet.decode(udp.encode());
        assertThat(packet.protocol()).isEqualTo(17);
        assertThat(Ipv4Udp.of(packet)).usingRecursiveComparison().isEqualTo(udp);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 8, 12, 21, 25, 27, 29})
    void noticesOneChangedOctet(int at) throws IOException {
        byte[] packet = new Ipv4Udp(address("10.99.0.2"), 50000, address("10.66.0.1"), 5684, bytes("hi")).encode();
        packet[at] ^= 1;
        assertThatExceptionOfType(MalformedException.class).isThrownBy(() -> Ipv4Udp.of(Ipv4Packet.decode(packet)));
    }

    @Test
    void refusesFragmentsOtherProtocolsAndWhatIsTooLong() throws IOException {
        var from = address("10.99.0.2");
        var to = address("10.66.0.1");
        var tcp = Ipv4Packet.decode(Ipv4Packet.encode(6, from, to, new byte[20]));
        assertThatExceptionOfType(MalformedException.class).isThrownBy(() -> Ipv4Udp.of(tcp));
        var piece = new Ipv4Packet(17, from, to, true, new byte[20]);
        assertThatExceptionOfType(MalformedException.class).isThrownBy(() -> Ipv4Udp.of(piece));
        var large = new Ipv4Udp(from, 1, to, 2, new byte[1473]);
        assertThatExceptionOfType(MalformedException.class).isThrownBy(large::encode);
        assertThat(new Ipv4Udp(from, 1, to, 2, new byte[1472]).encode()).hasSize(1500);
    }

    @Test
    void putsAPacketIntoItsTunnel() throws IOException {
        byte[] datagram = new GtpU(0x01020304, bytes("packet")).encode();
        assertThat(Opaque.of(datagram).hex()).isEqualTo("30ff000601020304" + "7061636b6574");
        GtpU read = GtpU.decode(datagram);
        assertThat(read.teid()).isEqualTo(0x01020304);
        assertThat(read.packet()).isEqualTo(bytes("packet"));
        byte[] numbered =
                Opaque.hex("32ff000a01020304" + "00070000" + "7061636b6574").bytes();
        assertThat(GtpU.decode(numbered).packet()).isEqualTo(bytes("packet"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "30ff0000010203",
                "30ff000701020304aabb",
                "50ff000001020304",
                "3001000001020304",
                "34ff000401020304aabbccdd",
                "32ff000201020304aabb"
            })
    void refusesWhatIsNoTunnelledPacket(String hex) {
        assertThatExceptionOfType(MalformedException.class)
                .isThrownBy(() -> GtpU.decode(Opaque.hex(hex).bytes()));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static Inet4Address address(String text) throws IOException {
        return (Inet4Address) InetAddress.getByName(text);
    }
}
