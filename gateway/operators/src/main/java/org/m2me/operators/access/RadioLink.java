// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.access;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.m2me.protocol.radio.Frames;
import org.m2me.protocol.radio.MalformedException;
import org.m2me.protocol.radio.RadioCodec;
import org.m2me.protocol.radio.RadioMessage;

/** Signalling with one device: messages in frames, so many in a second, counted. */
final class RadioLink {
    /** A device that takes no octet for so long has gone. */
    private static final long WRITE_WAIT_SECONDS = 2;

    private static final int BURST = 2; // seconds' worth of frames that may come at once

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final Clock clock;
    private final int perSecond;
    private final ReentrantLock writing = new ReentrantLock();
    private double tokens;
    private long filled;
    private int bytesUp;
    private int bytesDown;

    RadioLink(Socket socket, int perSecond, Clock clock) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
        this.clock = clock;
        this.perSecond = perSecond;
        this.tokens = (double) BURST * perSecond;
        this.filled = clock.millis();
    }

    /** Where the device is. */
    InetSocketAddress device() {
        return (InetSocketAddress) socket.getRemoteSocketAddress();
    }

    /** What the device says next. */
    RadioMessage.Uplink hear() throws IOException {
        byte[] frame = Frames.read(in);
        bytesUp += Frames.sizeOf(frame);
        long now = clock.millis();
        long passed = Math.max(0, now - filled); // a clock that is set back takes nothing away
        tokens = Math.min((double) BURST * perSecond, tokens + passed * perSecond / 1000.0);
        filled = now;
        tokens--;
        if (tokens < 0) {
            throw new MalformedException("signalling: more than " + perSecond + " messages in a second");
        }
        return RadioCodec.decodeUplink(frame);
    }

    /** How long {@link #hear} waits; 0 is for ever. */
    void patience(long millis) throws IOException {
        socket.setSoTimeout((int) Math.min(Integer.MAX_VALUE, millis));
    }

    void say(RadioMessage.Downlink message) throws IOException {
        boolean mine = false;
        try {
            mine = writing.tryLock(WRITE_WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!mine) {
            socket.close();
            throw new IOException("the device takes no more messages");
        }
        try {
            byte[] frame = message.encode();
            Frames.write(out, frame);
            bytesDown += Frames.sizeOf(frame);
        } finally {
            writing.unlock();
        }
    }

    /** Octets from the device, frames included. */
    int bytesUp() {
        return bytesUp;
    }

    /** Octets to the device, frames included. */
    int bytesDown() {
        return bytesDown;
    }

    void cut() {
        try {
            socket.close();
        } catch (IOException e) {
            // Closed is what it was to become; there is nothing to save on it.
        }
    }
}
