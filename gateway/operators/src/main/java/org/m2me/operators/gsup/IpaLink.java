// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.gsup;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.m2me.protocol.radio.MalformedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One IPA connection. Who has something to say never waits for the other side: frames go through a bounded queue, and a
 * peer that does not read is cut off. Pings are answered here, and sent to a peer that has been silent.
 */
final class IpaLink implements AutoCloseable {
    /** Takes what the other side says; a fault ends the connection. */
    interface Listener {
        void heard(Ccm said) throws IOException;

        /** @param message is wiped when this returns */
        void heard(byte[] message) throws IOException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(IpaLink.class);

    /** Frames that wait for a slow peer: the answers to all that it may ask at once are fewer. */
    private static final int QUEUE_MAX = 1024;

    /** A last word is written in microseconds, unless the other side does not read. */
    private static final Duration LAST_WORD = Duration.ofSeconds(1);

    /** Behind the last word. */
    private static final byte[] END = new byte[0];

    private final Socket socket;
    private final GsupLimits limits;
    private final BlockingQueue<byte[]> outgoing = new ArrayBlockingQueue<>(QUEUE_MAX);
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Thread writer;

    /** Takes over a connected socket. */
    IpaLink(Socket socket, GsupLimits limits, String name) throws IOException {
        this.socket = socket;
        this.limits = limits;
        socket.setTcpNoDelay(true);
        writer = new Thread(this::write, name + "-writer");
        writer.setDaemon(true);
        writer.start();
    }

    /** The other side's address. */
    String peer() {
        return String.valueOf(socket.getRemoteSocketAddress());
    }

    void say(Ccm ccm) {
        say(new IpaFrame(IpaFrame.Kind.CCM, ccm.encode()));
    }

    void say(GsupMessage message) {
        say(message.encode());
    }

    /** @param message is wiped */
    void say(byte[] message) {
        IpaFrame frame = new IpaFrame(IpaFrame.Kind.GSUP, message);
        say(frame);
        frame.wipe();
    }

    private void say(IpaFrame frame) {
        byte[] octets = frame.encode();
        if (!outgoing.offer(octets)) {
            wipe(octets);
            if (!closed.get()) {
                LOG.warn("{} is cut off: it does not read what it is told", peer());
                close();
            }
        } else if (closed.get() && outgoing.remove(octets)) {
            wipe(octets); // nobody takes it any more
        }
    }

    private void write() {
        try {
            OutputStream out = socket.getOutputStream();
            for (byte[] frame = outgoing.take(); frame.length > 0; frame = outgoing.take()) {
                try {
                    out.write(frame);
                } finally {
                    wipe(frame);
                }
            }
        } catch (IOException gone) {
            LOG.debug("{}: {}", peer(), gone.toString());
            close();
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        } finally {
            for (byte[] frame = outgoing.poll(); frame != null; frame = outgoing.poll()) {
                wipe(frame);
            }
        }
    }

    /** Says something that the other side has to hear before the connection ends. */
    void sayLast(Ccm ccm) {
        say(ccm);
        if (outgoing.offer(END)) {
            try {
                writer.join(LAST_WORD.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void wipe(byte[] frame) {
        Arrays.fill(frame, (byte) 0);
    }

    /**
     * Listens until the other side has gone.
     *
     * @throws MalformedException when it says what is not in the protocol
     */
    void listen(Listener listener) throws IOException {
        InputStream in = socket.getInputStream(); // unbuffered: a buffer would keep vectors
        for (int first = next(in); first >= 0; first = next(in)) {
            IpaFrame frame = IpaFrame.read(first, in);
            try {
                hear(frame, listener);
            } finally {
                frame.wipe();
            }
        }
    }

    /** The first octet of the next frame, or -1 at the end. A peer that is silent for long has to say that it is there. */
    private int next(InputStream in) throws IOException {
        try {
            socket.setSoTimeout((int) limits.silence().toMillis());
            int first = in.read();
            socket.setSoTimeout((int) limits.pong().toMillis());
            return first;
        } catch (SocketTimeoutException silent) {
            say(Ccm.of(Ccm.Type.PING));
        }
        socket.setSoTimeout((int) limits.pong().toMillis());
        return in.read();
    }

    private void hear(IpaFrame frame, Listener listener) throws IOException {
        if (frame.kind() == IpaFrame.Kind.GSUP) {
            listener.heard(frame.content());
            return;
        }
        Ccm said = Ccm.decode(frame.content());
        if (said.type() == Ccm.Type.PING) {
            say(Ccm.of(Ccm.Type.PONG));
        }
        listener.heard(said);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            try {
                socket.close();
            } catch (IOException e) {
                LOG.debug("{}: {}", peer(), e.toString());
            }
            writer.interrupt();
        }
    }
}
