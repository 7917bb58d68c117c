// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.emulated;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.m2me.hal.Bearer;

/** The air around an emulated modem: the networks it can hear, and what it says to them. */
public interface Radio {
    /**
     * A network in reach.
     *
     * @param plmn MCC and MNC, digits only
     * @param signal dBm
     */
    record Network(String plmn, String name, int signal) {}

    /** Answers the network's challenge from the card. */
    interface Authenticator {
        /** RES of 4 to 16 bytes, or AUTS of 14 bytes, or neither when the MAC is wrong. */
        Answer authenticate(byte[] rand, byte[] autn);
    }

    /** The card's answer. Exactly one of {@code res} and {@code auts} has bytes, or neither: then the MAC was wrong. */
    @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
    record Answer(byte[] res, byte[] auts) {
        @Override
        public String toString() {
            return auts.length > 0 ? "AUTS" : res.length > 0 ? "RES" : "MAC failure";
        }
    }

    /** The network said no. */
    final class Refused extends IOException {
        private static final long serialVersionUID = 1L;
        private final int cause;

        /** @param cause of TS 24.008 10.5.5.14 (attach) or 10.5.6.6 (session) */
        public Refused(String message, int cause) {
            super(message);
            this.cause = cause;
        }

        public int networkCause() {
            return cause;
        }
    }

    /** A modem that is attached. */
    interface Attachment extends AutoCloseable {
        /** @throws Refused with the session cause; 33 when the subscription does not have this APN */
        Session activate(String apn) throws IOException;

        /** Called once if the network detaches the modem or the air breaks. */
        void onLost(Runnable listener);

        /** Detaches. */
        @Override
        void close();
    }

    /** An activated context. */
    interface Session extends AutoCloseable {
        InetAddress address();

        /** Sends a UDP datagram from this local port to that destination, in an IP packet. */
        void send(int localPort, InetSocketAddress destination, byte[] payload) throws IOException;

        /** Takes what comes back; called on a thread of the radio's. */
        void onReceive(Receiver receiver);

        Bearer.Counters counters();

        /** Deactivates. */
        @Override
        void close();
    }

    /** Takes datagrams from the network. */
    interface Receiver {
        void received(int localPort, InetSocketAddress source, byte[] payload);
    }

    /** What can be heard now, strongest first. */
    List<Network> scan();

    /**
     * Attaches by IMSI.
     *
     * @param imei 15 digits
     * @throws Refused with the cause
     */
    Attachment attach(Network network, String imsi, String imei, Authenticator card) throws IOException;
}
