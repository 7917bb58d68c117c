// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.card;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.m2me.hal.CardSlot;
import org.m2me.hal.SmartCard;

/**
 * A slot of a virtual reader: the card is a TCP client of whatever reads it, such as the emulated modem or pcscd. When
 * the reader goes away, the card is put in again as soon as the reader is back.
 */
public final class VpcdCardSlot implements CardSlot {
    private static final System.Logger LOG = System.getLogger(VpcdCardSlot.class.getName());

    /** The reader is on this host. */
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);

    /** Between tries to come back; a reader that restarts needs about as long. */
    private static final Duration RETURN_EVERY = Duration.ofMillis(500);

    private final InetSocketAddress reader;

    public VpcdCardSlot(InetSocketAddress reader) {
        this.reader = reader;
    }

    @Override
    public AutoCloseable insert(SmartCard card) throws IOException {
        Served served = new Served(card, connect());
        Thread thread = new Thread(served, "card");
        thread.setDaemon(true);
        thread.start();
        return served;
    }

    private VpcdLink connect() throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.socket().connect(reader, Math.toIntExact(CONNECT_LIMIT.toMillis()));
            return new VpcdLink(channel);
        } catch (IOException e) {
            channel.close();
            throw new IOException("card slot at " + reader + " cannot be reached: " + e.getMessage(), e);
        }
    }

    /** A card while it is in the slot. */
    private final class Served implements Runnable, AutoCloseable {
        private final SmartCard card;
        private final CountDownLatch out = new CountDownLatch(1);
        private @Nullable VpcdLink link;

        Served(SmartCard card, VpcdLink link) {
            this.card = card;
            this.link = link;
        }

        @Override
        public void run() {
            try {
                for (VpcdLink now = current(); now != null; now = reconnected()) {
                    serve(now);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private synchronized @Nullable VpcdLink current() {
            return isOut() ? null : link;
        }

        private void serve(VpcdLink now) {
            try (now) {
                while (true) {
                    byte[] frame = now.receive();
                    if (!VpcdLink.isControl(frame)) {
                        now.send(card.transmit(frame));
                    } else if (frame[0] == VpcdLink.GET_ATR) {
                        now.send(card.atr());
                    } else if (frame[0] == VpcdLink.POWER_ON || frame[0] == VpcdLink.RESET) {
                        card.reset();
                    }
                }
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "the reader at {0} let the card go", reader);
            }
        }

        /** Waits for the reader to be back; null when the card was taken out meanwhile. */
        private @Nullable VpcdLink reconnected() throws InterruptedException {
            for (boolean in = let(null); in; in = !out.await(RETURN_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                try {
                    VpcdLink now = connect(); // not under the monitor: who takes the card out does not wait for it
                    if (let(now)) {
                        return now;
                    }
                    now.close();
                } catch (IOException e) {
                    LOG.log(System.Logger.Level.TRACE, "the reader at {0} is not back yet", reader);
                }
            }
            return null;
        }

        /** @return whether the card is in */
        private synchronized boolean let(@Nullable VpcdLink now) {
            if (isOut()) {
                return false;
            }
            link = now;
            return true;
        }

        private boolean isOut() {
            return out.getCount() == 0;
        }

        @Override
        public synchronized void close() {
            out.countDown();
            VpcdLink now = link;
            if (now != null) {
                now.close();
            }
        }
    }
}
