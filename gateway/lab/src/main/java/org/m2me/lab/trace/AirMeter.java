// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.trace;

import java.util.EnumMap;
import java.util.Map;

/** Counts what one device sends and receives over the air, by what the bytes are for. */
public final class AirMeter {
    /** IPv4 and UDP headers of each datagram. */
    private static final int IP_UDP_HEADERS = 28;
    /** tls12_cid record (RFC 9146): header 13, connection ID 6, explicit nonce 8, tag 8, inner type 1. */
    private static final int RECORD_WITH_CID = 36;
    /** DTLS 1.2 record: header 13, explicit nonce 8, tag 8. */
    private static final int RECORD = 29;

    private static final int APPLICATION_DATA = 23;
    private static final int TLS12_CID = 25;

    /** Where bytes go. */
    public enum Use {
        IP_UDP("IP and UDP headers"),
        HANDSHAKE("DTLS handshake"),
        RECORD("DTLS records around messages"),
        MESSAGE("CoAP messages");

        private final String label;

        Use(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }

    /**
     * What was counted.
     *
     * @param bytes both ways together, by use
     * @param up bytes sent, headers included
     * @param down bytes received, headers included
     * @param packets datagrams both ways
     * @param exchanges datagrams with a CoAP message that the device sent
     */
    public record Reading(Map<Use, Long> bytes, long up, long down, long packets, long exchanges) {
        /** All bytes both ways. */
        public long total() {
            return up + down;
        }
    }

    private final EnumMap<Use, Long> bytes = new EnumMap<>(Use.class);
    private long up;
    private long down;
    private long packets;
    private long messagesUp;

    /** A datagram left the device. */
    public synchronized void sent(byte[] datagram) {
        up += datagram.length + IP_UDP_HEADERS;
        count(datagram);
        if (isMessage(datagram)) {
            messagesUp++;
        }
    }

    /** A datagram reached the device. */
    public synchronized void received(byte[] datagram) {
        down += datagram.length + IP_UDP_HEADERS;
        count(datagram);
    }

    /** What was counted so far. */
    public synchronized Reading read() {
        return new Reading(Map.copyOf(bytes), up, down, packets, messagesUp);
    }

    private void count(byte[] datagram) {
        packets++;
        add(Use.IP_UDP, IP_UDP_HEADERS);
        if (isMessage(datagram)) {
            int record = Math.min(datagram.length, datagram[0] == TLS12_CID ? RECORD_WITH_CID : RECORD);
            add(Use.RECORD, record);
            add(Use.MESSAGE, datagram.length - record);
        } else {
            add(Use.HANDSHAKE, datagram.length);
        }
    }

    private static boolean isMessage(byte[] datagram) {
        return datagram.length > 0 && (datagram[0] == APPLICATION_DATA || datagram[0] == TLS12_CID);
    }

    private void add(Use use, long count) {
        bytes.merge(use, count, Long::sum);
    }
}
