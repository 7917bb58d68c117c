// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.radio;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * An IPv4 packet (RFC 791), its header checked.
 *
 * @param protocol 17 is UDP
 * @param fragment whether it is a piece of a packet
 */
@SuppressWarnings("ArrayRecordComponent") // on its way from one socket to another, and compared by nobody
public record Ipv4Packet(
        int protocol, Inet4Address source, Inet4Address destination, boolean fragment, byte[] payload) {
    /** Octets of a header without options. */
    public static final int HEADER = 20;

    /** Largest packet carried: what Ethernet and the mobile's context take. */
    public static final int LENGTH_MAX = 1500;

    /** Protocol number of UDP. */
    public static final int UDP = 17;

    private static final int VERSION_AND_LENGTH = 0x45;
    private static final int HOPS = 64;
    private static final int DO_NOT_FRAGMENT = 0x4000;
    private static final int MORE_OR_OFFSET = 0x3fff;

    /** @throws MalformedException when version, lengths or checksum are wrong */
    public static Ipv4Packet decode(byte[] packet) throws MalformedException {
        if (packet.length < HEADER || packet.length > LENGTH_MAX) {
            throw new MalformedException("IPv4: " + packet.length + " octets, wants 20 to " + LENGTH_MAX);
        }
        ByteBuffer in = ByteBuffer.wrap(packet);
        int header = (packet[0] & 15) * 4;
        if ((packet[0] >> 4 & 15) != 4 || header < HEADER || header > packet.length) {
            throw new MalformedException("IPv4: version or header length are wrong");
        }
        if (in.getShort(2) != packet.length) {
            throw new MalformedException("IPv4: total length is not that of the packet");
        }
        if (checksum(0, packet, 0, header) != 0) {
            throw new MalformedException("IPv4: header checksum is wrong");
        }
        return new Ipv4Packet(
                packet[9] & 0xff,
                address(packet, 12),
                address(packet, 16),
                (in.getShort(6) & MORE_OR_OFFSET) != 0,
                Arrays.copyOfRange(packet, header, packet.length));
    }

    static byte[] encode(int protocol, Inet4Address source, Inet4Address destination, byte[] payload) {
        byte[] packet = new byte[HEADER + payload.length];
        ByteBuffer out = ByteBuffer.wrap(packet);
        out.put((byte) VERSION_AND_LENGTH).put((byte) 0).putShort((short) packet.length);
        out.putShort((short) 0)
                .putShort((short) DO_NOT_FRAGMENT)
                .put((byte) HOPS)
                .put((byte) protocol);
        out.putShort((short) 0)
                .put(source.getAddress())
                .put(destination.getAddress())
                .put(payload);
        out.putShort(10, (short) checksum(0, packet, 0, HEADER));
        return packet;
    }

    /** The Internet checksum (RFC 1071), going on from an earlier sum. */
    static int checksum(int start, byte[] octets, int from, int to) {
        int sum = sum(start, octets, from, to);
        return ~sum & 0xffff;
    }

    static int sum(int start, byte[] octets, int from, int to) {
        int sum = start;
        for (int i = from; i < to; i++) {
            sum += (i - from) % 2 == 0 ? (octets[i] & 0xff) << 8 : octets[i] & 0xff;
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return sum;
    }

    static Inet4Address address(byte[] octets, int at) {
        try {
            return (Inet4Address) InetAddress.getByAddress(Arrays.copyOfRange(octets, at, at + 4));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four octets are always an IPv4 address", e);
        }
    }
}
