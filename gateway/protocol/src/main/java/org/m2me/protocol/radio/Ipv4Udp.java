// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.radio;

import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A UDP datagram (RFC 768) in an IPv4 packet.
 *
 * @param sourcePort 1 to 65535
 * @param destinationPort 1 to 65535
 */
@SuppressWarnings("ArrayRecordComponent") // on its way from one socket to another, and compared by nobody
public record Ipv4Udp(
        Inet4Address source, int sourcePort, Inet4Address destination, int destinationPort, byte[] payload) {
    /** Octets in front of the payload. */
    public static final int HEADERS = Ipv4Packet.HEADER + 8;

    private static final int UDP_HEADER = 8;

    /** The packet, with both checksums. @throws MalformedException when the payload is too long to be carried */
    public byte[] encode() throws MalformedException {
        if (payload.length > Ipv4Packet.LENGTH_MAX - HEADERS) {
            throw new MalformedException("UDP: payload of " + payload.length + " octets, at most "
                    + (Ipv4Packet.LENGTH_MAX - HEADERS) + " fit in a packet");
        }
        byte[] datagram = new byte[UDP_HEADER + payload.length];
        ByteBuffer out = ByteBuffer.wrap(datagram);
        out.putShort((short) sourcePort).putShort((short) destinationPort).putShort((short) datagram.length);
        out.putShort((short) 0).put(payload);
        int checksum = checksum(source, destination, datagram);
        out.putShort(6, (short) (checksum == 0 ? 0xffff : checksum)); // 0 would say that there is none
        return Ipv4Packet.encode(Ipv4Packet.UDP, source, destination, datagram);
    }

    /** @throws MalformedException when the packet is no whole UDP datagram, or its length or checksum is wrong */
    public static Ipv4Udp of(Ipv4Packet packet) throws MalformedException {
        byte[] datagram = packet.payload();
        if (packet.protocol() != Ipv4Packet.UDP || packet.fragment() || datagram.length < UDP_HEADER) {
            throw new MalformedException("UDP: protocol " + packet.protocol() + ", " + datagram.length + " octets"
                    + (packet.fragment() ? ", a fragment" : ""));
        }
        ByteBuffer in = ByteBuffer.wrap(datagram);
        if ((in.getShort(4) & 0xffff) != datagram.length) {
            throw new MalformedException("UDP: length is not that of the packet");
        }
        if (in.getShort(6) != 0 && checksum(packet.source(), packet.destination(), datagram) != 0) {
            throw new MalformedException("UDP: checksum is wrong");
        }
        int from = in.getShort(0) & 0xffff;
        int to = in.getShort(2) & 0xffff;
        if (from == 0 || to == 0) {
            throw new MalformedException("UDP: a port is 0");
        }
        byte[] payload = Arrays.copyOfRange(datagram, UDP_HEADER, datagram.length);
        return new Ipv4Udp(packet.source(), from, packet.destination(), to, payload);
    }

    private static int checksum(Inet4Address source, Inet4Address destination, byte[] datagram) {
        int pseudo = Ipv4Packet.sum(Ipv4Packet.UDP + datagram.length, source.getAddress(), 0, 4);
        pseudo = Ipv4Packet.sum(pseudo, destination.getAddress(), 0, 4);
        return Ipv4Packet.checksum(pseudo, datagram, 0, datagram.length);
    }
}
