// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.card;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import jdk.net.ExtendedSocketOptions;

/** Frames of the virtual reader protocol: a length of two bytes, big-endian, and that many bytes. Both ways alike. */
final class VpcdLink implements AutoCloseable {
    static final byte POWER_OFF = 0;
    static final byte POWER_ON = 1;
    static final byte RESET = 2;
    static final byte GET_ATR = 4;

    private final SocketChannel channel;
    private final boolean canQuickAck;

    VpcdLink(SocketChannel channel) throws IOException {
        this.channel = channel;
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true); // an APDU is one small packet
        SocketOption<Boolean> quickAck = ExtendedSocketOptions.TCP_QUICKACK;
        canQuickAck = channel.supportedOptions().contains(quickAck);
    }

    static boolean isControl(byte[] frame) {
        return frame.length == 1;
    }

    /** Waits for a frame. Read by one thread. */
    byte[] receive() throws IOException {
        ByteBuffer length = fill(ByteBuffer.allocate(2));
        return fill(ByteBuffer.allocate(length.getShort() & 0xffff)).array();
    }

    /** Sends a frame. Written by one thread at a time. */
    synchronized void send(byte... frame) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(2 + frame.length)
                .putShort((short) frame.length)
                .put(frame)
                .flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    private ByteBuffer fill(ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            quickAck();
            if (channel.read(buffer) < 0) {
                throw new EOFException("the other end closed");
            }
            quickAck();
        }
        return buffer.flip();
    }

    /**
     * pcscd leaves Nagle's algorithm on and sends length and content apart: without an acknowledgement at once each
     * APDU takes 40 ms longer. The kernel forgets the option, so it is set around each read.
     */
    private void quickAck() throws IOException {
        if (canQuickAck) {
            channel.setOption(ExtendedSocketOptions.TCP_QUICKACK, true);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
