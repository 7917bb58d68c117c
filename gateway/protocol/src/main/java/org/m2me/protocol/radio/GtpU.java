// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.radio;

import java.util.Arrays;

/**
 * A G-PDU: a user's packet in its tunnel (TS 29.281 5.1).
 *
 * @param teid of the side that takes it, 32 bits
 * @param packet IPv4
 */
@SuppressWarnings("ArrayRecordComponent") // on its way from one socket to another, and compared by nobody
public record GtpU(long teid, byte[] packet) {
    /** Octets in front of the packet. */
    public static final int HEADER = 8;

    private static final int VERSION_1_GTP = 0x30;
    private static final int VERSION_AND_PROTOCOL = 0xf0;
    private static final int EXTENDED = 0x07; // E, S, PN: any of them makes the header four octets longer
    private static final int EXTENSION_HEADER = 0x04;
    private static final int G_PDU = 255;

    public byte[] encode() {
        return new Writer()
                .octet(VERSION_1_GTP)
                .octet(G_PDU)
                .sixteen(packet.length)
                .thirtyTwo(teid)
                .bytes(packet)
                .toBytes();
    }

    /** @throws MalformedException when it is no G-PDU, or its length is wrong */
    public static GtpU decode(byte[] datagram) throws MalformedException {
        Octets in = new Octets("GTP-U", datagram, 0);
        int flags = in.octet("flags");
        int type = in.octet("message type");
        if ((flags & VERSION_AND_PROTOCOL) != VERSION_1_GTP || type != G_PDU) {
            throw in.fault("header", "is not of a G-PDU of version 1");
        }
        if ((flags & EXTENSION_HEADER) != 0) {
            throw in.fault("header", "has extension headers, none are understood");
        }
        int length = in.sixteen("length");
        long teid = in.thirtyTwo("TEID");
        if (length != datagram.length - HEADER) {
            throw in.fault("length", length + " is not that of the datagram");
        }
        if ((flags & EXTENDED) != 0) {
            in.take(4, "sequence number");
        }
        int header = (flags & EXTENDED) == 0 ? HEADER : HEADER + 4;
        return new GtpU(teid, Arrays.copyOfRange(datagram, header, datagram.length));
    }
}
