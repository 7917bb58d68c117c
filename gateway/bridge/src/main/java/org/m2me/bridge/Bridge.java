// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.m2me.bridge.coap.CertificateProof;
import org.m2me.bridge.coap.CoapDoor;
import org.m2me.bridge.device.Limits;
import org.m2me.bridge.device.Tally;
import org.m2me.bridge.role.DeviceRole;
import org.m2me.bridge.role.FeedWatch;
import org.m2me.bridge.role.RoleLinks;
import org.m2me.protocol.message.DeviceResource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gateway: takes devices' messages over CoAP and DTLS to the roles, and their answers back. It keeps nothing: what
 * is stopped and started again has lost DTLS connections, and devices make new ones. With one resource only it is an
 * owner's application server.
 */
public final class Bridge implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Bridge.class);
    private static final long STOP_SECONDS = 2; // for requests under way; devices ask again

    private final BridgeSettings settings;
    private final BridgeIdentity identity;
    private final Clock clock;
    private final Tally tally = new Tally();
    private final List<AutoCloseable> running = new ArrayList<>();
    private InetSocketAddress address;

    public Bridge(BridgeSettings settings, BridgeIdentity identity, Clock clock) {
        this.settings = settings;
        this.identity = identity;
        this.clock = clock;
        this.address = settings.listen();
    }

    /** Opens the door to devices. @throws IOException if the address is taken */
    public synchronized void start() throws IOException {
        if (!running.isEmpty()) {
            throw new IllegalStateException("bridge runs already");
        }
        Limits limits = settings.limits();
        ExecutorService http = Executors.newCachedThreadPool(threads("bridge-http"));
        ExecutorService workers = new ThreadPoolExecutor(
                limits.workers(),
                limits.workers(),
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(limits.queue()),
                threads("bridge-worker"));
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, threads("bridge-timer"));
        timer.setRemoveOnCancelPolicy(true);
        running.add(() -> stop(http));
        running.add(() -> stop(workers));
        running.add(() -> stop(timer));

        RoleLinks links = new RoleLinks(settings.roles(), identity.roles(), limits.roleAnswer(), http, clock);
        MailRoom mail = new MailRoom(links, limits, workers, timer);
        if (settings.resources().contains(DeviceResource.MAIL)) {
            for (DeviceRole role : DeviceRole.answering(DeviceResource.MAIL)) {
                links.to(role)
                        .map(link -> new FeedWatch(link, mail.listener(role)))
                        .ifPresent(this::watch);
            }
        }
        CoapDoor door = new CoapDoor(
                new CoapDoor.Settings(address, settings.node(), limits, settings.resources()),
                new CertificateProof(identity.certificate(), identity.key(), identity.deviceAnchors(), clock),
                new RoleDispatch(mail, links, workers, limits, tally, clock),
                tally,
                clock);
        running.add(door);
        try {
            address = door.open();
        } catch (IOException taken) {
            stop();
            throw taken;
        }
    }

    private void watch(FeedWatch feed) {
        running.add(feed);
        feed.start();
    }

    /** Closes the door and forgets everything but its counters; the port stays the same for the next start. */
    public synchronized void stop() {
        for (int i = running.size() - 1; i >= 0; i--) {
            try {
                running.get(i).close();
            } catch (Exception failed) {
                LOG.warn("a part did not stop", failed); // the others must, all the same
            }
        }
        running.clear();
    }

    /** Stops and starts, at the same address. */
    public synchronized void restart() throws IOException {
        stop();
        start();
    }

    /** Where devices find it, once it was started. */
    public synchronized InetSocketAddress address() {
        return address;
    }

    public BridgeCounters counters() {
        return BridgeCounters.of(tally);
    }

    @Override
    public void close() {
        stop();
    }

    private static void stop(ExecutorService executor) {
        executor.shutdownNow();
        try {
            if (!executor.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("a thread did not stop in {} s", STOP_SECONDS);
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    private static ThreadFactory threads(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
