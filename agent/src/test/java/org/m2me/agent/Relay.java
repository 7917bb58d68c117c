// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Another way to the gateway: the device seems to have another address. */
public final class Relay implements AutoCloseable {
    private final InetSocketAddress gateway;
    private final DatagramSocket inside = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    private final DatagramSocket outside = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    private volatile InetSocketAddress device = new InetSocketAddress(0);

    public Relay(InetSocketAddress gateway) throws IOException {
        this.gateway = gateway;
        start(this::upwards);
        start(this::downwards);
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) inside.getLocalSocketAddress();
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
                outside.send(packet);
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private void downwards() {
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
                outside.receive(packet);
                packet.setSocketAddress(device);
                inside.send(packet);
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    @Override
    public void close() {
        inside.close();
        outside.close();
    }
}
