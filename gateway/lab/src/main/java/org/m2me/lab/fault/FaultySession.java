// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.fault;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.m2me.hal.Bearer;
import org.m2me.hal.emulated.Radio;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A session whose datagrams suffer what {@link AirFaults} decides. */
final class FaultySession implements Radio.Session {
    private static final Logger LOG = LoggerFactory.getLogger(FaultySession.class);
    /** After CoAP (2 to 3 s) and DTLS (1 s) have sent again. */
    private static final long LATE_MS = 3_500;
    /** There may be no next datagram before something is sent again. */
    private static final long SWAP_WAIT_MS = 400;

    private final Radio.Session session;
    private final String device;
    private final AirFaults faults;
    private final ScheduledExecutorService timer;
    private final Direction up = new Direction();
    private final Direction down = new Direction();

    FaultySession(Radio.Session session, String device, AirFaults faults, ScheduledExecutorService timer) {
        this.session = session;
        this.device = device;
        this.faults = faults;
        this.timer = timer;
    }

    /** A datagram on its way. */
    private interface Delivery {
        void arrive() throws IOException;
    }

    /** One way, with the datagram that waits for the next. */
    private final class Direction {
        private final AtomicReference<Optional<Delivery>> held = new AtomicReference<>(Optional.empty());

        void carry(AirFault fault, Delivery datagram) throws IOException {
            switch (fault) {
                case NONE -> datagram.arrive();
                case LOST -> LOG.debug("a datagram is lost");
                case DOUBLED -> {
                    datagram.arrive();
                    datagram.arrive();
                }
                case LATE -> later(() -> quietly(datagram), LATE_MS);
                case SWAPPED -> {
                    release(held.getAndSet(Optional.of(datagram)));
                    later(() -> release(take()), SWAP_WAIT_MS);
                    return;
                }
            }
            release(take());
        }

        private Optional<Delivery> take() {
            return held.getAndSet(Optional.empty());
        }

        private void release(Optional<Delivery> datagram) {
            datagram.ifPresent(FaultySession::quietly);
        }
    }

    private void later(Runnable work, long millis) {
        ScheduledFuture<?> unused = timer.schedule(work, millis, TimeUnit.MILLISECONDS);
    }

    private static void quietly(Delivery datagram) {
        try {
            datagram.arrive();
        } catch (IOException gone) {
            LOG.debug("a datagram came too late: {}", gone.toString());
        }
    }

    @Override
    public InetAddress address() {
        return session.address();
    }

    @Override
    public void send(int localPort, InetSocketAddress destination, byte[] payload) throws IOException {
        byte[] copy = payload.clone();
        up.carry(faults.at(device, true), () -> session.send(localPort, destination, copy));
    }

    @Override
    public void onReceive(Radio.Receiver receiver) {
        session.onReceive((localPort, source, payload) -> {
            byte[] copy = payload.clone();
            try {
                down.carry(faults.at(device, false), () -> receiver.received(localPort, source, copy));
            } catch (IOException impossible) {
                LOG.debug("a receiver takes what comes: {}", impossible.toString());
            }
        });
    }

    @Override
    public Bearer.Counters counters() {
        return session.counters();
    }

    @Override
    public void close() {
        session.close();
    }
}
