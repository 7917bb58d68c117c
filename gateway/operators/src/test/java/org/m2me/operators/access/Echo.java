// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.access;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers each datagram with the same; stands where a gateway would. */
public final class Echo implements AutoCloseable {
    private final DatagramSocket socket;
    private final AtomicInteger heard = new AtomicInteger();
    private volatile InetSocketAddress last = new InetSocketAddress(0);

    public Echo() throws IOException {
        socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Thread thread = new Thread(this::run, "echo");
        thread.setDaemon(true);
        thread.start();
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    /** Datagrams that arrived. */
    public int heard() {
        return heard.get();
    }

    /** Who sent the last one. */
    public InetSocketAddress last() {
        return last;
    }

    private void run() {
        byte[] buffer = new byte[2000];
        while (!socket.isClosed()) {
            try {
                DatagramPacket datagram = new DatagramPacket(buffer, buffer.length);
                socket.receive(datagram);
                last = (InetSocketAddress) datagram.getSocketAddress();
                heard.incrementAndGet();
                socket.send(datagram);
            } catch (IOException closed) {
                return;
            }
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
