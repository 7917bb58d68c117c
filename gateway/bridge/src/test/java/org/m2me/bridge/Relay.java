// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** A network address translator between a device and the gateway, which may give the device another address. */
final class Relay implements AutoCloseable {
    private final InetSocketAddress gateway;
    private final DatagramSocket inside = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    private volatile DatagramSocket outside;
    private volatile InetSocketAddress device = new InetSocketAddress(0);

    Relay(InetSocketAddress gateway) throws IOException {
        this.gateway = gateway;
        rebind();
        start(this::upwards);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) inside.getLocalSocketAddress();
    }

    /** From now on the device comes from another port. */
    synchronized void rebind() throws IOException {
        DatagramSocket old = outside;
        DatagramSocket fresh = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        outside = fresh;
        start(() -> downwards(fresh));
        if (old != null) {
            old.close();
        }
    }

    private static void start(Runnable loop) {
        Thread thread = new Thread(loop, "relay");
        thread.setDaemon(true);
        thread.start();
    }

    private void upwards() {
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
                inside.receive(packet);
                device = (InetSocketAddress) packet.getSocketAddress();
                packet.setSocketAddress(gateway);
                up(packet);
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private synchronized void up(DatagramPacket packet) throws IOException {
        outside.send(packet);
    }

    private void downwards(DatagramSocket from) {
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
                from.receive(packet);
                packet.setSocketAddress(device);
                inside.send(packet);
            }
        } catch (IOException closed) {
            // another port took over, or the test is over
        }
    }

    @Override
    public void close() {
        inside.close();
        outside.close();
    }
}
