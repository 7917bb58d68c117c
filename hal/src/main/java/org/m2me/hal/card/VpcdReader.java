// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.card;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A reader that waits for cards on a loopback port, as pcscd's virtual reader does. It holds one card; a card that comes
 * while another is in takes its place.
 */
public final class VpcdReader implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(VpcdReader.class.getName());

    /** A real reader gives a card about one second and more on request; a software card never needs as long. */
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);

    private final ServerSocketChannel server;
    private final Consumer<Boolean> onPresence;
    private final Object exchangeLock = new Object();
    private @Nullable Inserted card;

    /** A card that is in. */
    private static final class Inserted {
        private final VpcdLink link;
        private final BlockingQueue<byte[]> answers = new ArrayBlockingQueue<>(1);

        Inserted(VpcdLink link) {
            this.link = link;
        }
    }

    /** @param onPresence told whether a card is in when that changes; called on the reader's thread */
    public VpcdReader(Consumer<Boolean> onPresence) throws IOException {
        this.onPresence = onPresence;
        this.server = ServerSocketChannel.open();
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    /** Begins to take cards. */
    public void start() {
        daemon(this::acceptCards, "card-slot").start();
    }

    private static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Where a card connects to. */
    public InetSocketAddress address() {
        return new InetSocketAddress(
                InetAddress.getLoopbackAddress(), server.socket().getLocalPort());
    }

    public boolean isPresent() {
        return current() != null;
    }

    /** Powers the card off and on. */
    public void reset() throws IOException {
        synchronized (exchangeLock) {
            Inserted now = inserted();
            send(now, VpcdLink.POWER_OFF);
            send(now, VpcdLink.POWER_ON);
        }
    }

    public byte[] atr() throws IOException {
        return exchange(VpcdLink.GET_ATR);
    }

    /** One command APDU and its answer. @throws IOException if there is no card, or it does not answer */
    public byte[] transmit(byte[] command) throws IOException {
        if (command.length < 4) {
            throw new IOException("not a command APDU: " + command.length + " bytes");
        }
        return exchange(command);
    }

    private byte[] exchange(byte... frame) throws IOException {
        synchronized (exchangeLock) {
            Inserted now = inserted();
            now.answers.clear();
            send(now, frame);
            byte[] answer = await(now);
            if (answer == null) {
                now.link.close(); // its late answer must not be taken for the next one
                throw new IOException("the card does not answer");
            }
            if (answer.length == 0) {
                throw new IOException("the card was taken out");
            }
            return answer;
        }
    }

    private static void send(Inserted now, byte... frame) throws IOException {
        try {
            now.link.send(frame);
        } catch (IOException e) {
            throw new IOException("the card was taken out", e);
        }
    }

    private static byte @Nullable [] await(Inserted now) throws IOException {
        try {
            return now.answers.poll(ANSWER_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private Inserted inserted() throws IOException {
        Inserted now = current();
        if (now == null) {
            throw new IOException("no card");
        }
        return now;
    }

    private synchronized @Nullable Inserted current() {
        return card;
    }

    private void acceptCards() {
        while (server.isOpen()) {
            try {
                SocketChannel channel = server.accept();
                Inserted next = new Inserted(new VpcdLink(channel));
                replace(next);
                daemon(() -> listen(next), "card-reader").start();
                onPresence.accept(true);
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "closed, or the card went at once");
            }
        }
    }

    private synchronized void replace(Inserted next) {
        Inserted before = card;
        card = next;
        if (before != null) {
            before.link.close();
        }
    }

    private void listen(Inserted mine) {
        try (VpcdLink link = mine.link) {
            while (true) {
                byte[] answer = link.receive();
                if (!mine.answers.offer(answer)) {
                    break; // answers without questions
                }
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "the card is out");
        }
        boolean unused = mine.answers.offer(new byte[0]);
        if (removed(mine)) {
            onPresence.accept(false);
        }
    }

    private synchronized boolean removed(Inserted mine) {
        boolean wasIn = card == mine;
        if (wasIn) {
            card = null;
        }
        return wasIn;
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Inserted now = current();
        if (now != null) {
            now.link.close();
        }
    }
}
