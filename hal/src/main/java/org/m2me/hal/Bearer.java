// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** A way for IP packets, from when it was opened until it is closed or lost. */
public interface Bearer extends AutoCloseable {
    /** What crossed the bearer, IP headers included. */
    record Counters(long packetsUp, long bytesUp, long packetsDown, long bytesDown) {}

    /** The device's address on it. */
    InetAddress address();

    /**
     * Where a UDP socket must send so that its datagrams leave over this bearer and reach that destination: the
     * destination itself where the bearer is a network interface, a local forwarder where it is inside a modem. The
     * same destination gives the same answer over later bearers of the same modem.
     */
    InetSocketAddress towards(InetSocketAddress destination) throws IOException;

    /** Whether it can still carry packets. */
    boolean isUp();

    Counters counters() throws IOException;

    @Override
    void close();
}
