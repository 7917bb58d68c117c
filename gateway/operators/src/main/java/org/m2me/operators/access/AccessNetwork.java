// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.access;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.m2me.operators.Peers;
import org.m2me.operators.gsup.GsupHome;
import org.m2me.operators.stream.StreamServer;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.radio.GmmCause;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A 3GPP access network of the GPRS kind: attach, AKA with vectors of the subscription's home, sessions by the home's
 * subscription data, and their user plane. A visited network is one, and so is a home operator's operational network.
 * It keeps nothing over a restart but what it still owes of usage reports: devices lose it, and attach again.
 */
public final class AccessNetwork implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AccessNetwork.class);

    /** Words to devices that the network itself has to say; a device that does not listen is cut off. */
    private static final int WORKERS = 2;

    /** What sessions used is written in milliseconds. */
    private static final int CLOSE_SECONDS = 5;

    private final RoleContext context;
    private final AccessSettings settings;
    private final UserPlane plane;
    private final HomeNetworks homes;
    private final AddressPool addresses;
    private final UsageReports reports;
    private final ExecutorService workers;
    private final Set<Attachment> attachments = ConcurrentHashMap.newKeySet();
    private final Map<Imsi, Attachment> subscribers = new ConcurrentHashMap<>();
    private final StreamServer server;

    /**
     * A session, as an operator sees it.
     *
     * @param address the device's
     */
    public record Session(String apn, String address, Traffic traffic) {}

    /**
     * A device that is attached.
     *
     * @param identity IMSI or PCID, or the IMEI of one that is not authenticated
     */
    public record Attached(String identity, String imei, boolean authenticated, List<Session> sessions) {}

    private AccessNetwork(RoleContext context, Peers peers, AccessSettings settings) {
        this.context = context;
        this.settings = settings;
        this.addresses = new AddressPool(settings.addresses());
        this.workers = Executors.newFixedThreadPool(WORKERS, work -> {
            Thread thread = new Thread(work, "access-" + settings.plmn());
            thread.setDaemon(true);
            return thread;
        });
        this.plane = UserPlane.start(settings.local(), settings.limits().idle(), context.clock(), context.random());
        this.homes = new HomeNetworks(context, peers, settings, new Visitors());
        this.reports = UsageReports.start(context, homes, this::detach);
        this.server = StreamServer.start(
                new InetSocketAddress(settings.local(), settings.port()),
                settings.limits().admission(),
                "signalling-" + settings.plmn(),
                this::talk);
    }

    /** Starts it. Its database, {@code access.db}, is in the role's directory. */
    public static AccessNetwork start(RoleContext context, Peers peers, AccessSettings settings) {
        return new AccessNetwork(context, peers, settings);
    }

    /** Where devices signal. */
    public InetSocketAddress signalling() {
        return server.address();
    }

    /** Who is attached. */
    public List<Attached> attached() {
        return attachments.stream().map(Attachment::snapshot).toList();
    }

    /** Reports of usage that homes have not acknowledged yet. */
    public long owedReports() {
        return reports.owed();
    }

    /** Packets for tunnels that do not exist. */
    public long unknownTunnel() {
        return plane.unknownTunnel();
    }

    /** Ends a subscriber's attachment and sessions, if there is one, and tells the device. */
    public void detach(Imsi imsi) {
        detach(imsi, GmmCause.GPRS_NOT_ALLOWED);
    }

    private void detach(Imsi imsi, GmmCause cause) {
        Attachment attachment = subscribers.get(imsi);
        if (attachment != null) {
            attachment.detach(cause);
        }
    }

    /** What homes say that are asked over GSUP. */
    private final class Visitors implements GsupHome.Visitors {
        @Override
        public void withdrawn(Imsi imsi) {
            LOG.info("{}: {} is withdrawn by its home", settings.plmn(), imsi);
            detach(imsi);
        }

        @Override
        public void moved(Imsi imsi) {
            LOG.info("{}: {} is elsewhere, says its home", settings.plmn(), imsi);
            detach(imsi, GmmCause.IMPLICITLY_DETACHED);
        }
    }

    private void talk(Socket socket, Runnable settled) throws IOException {
        Attachment attachment = new Attachment(this, socket);
        try {
            attachment.talk(settled);
        } finally {
            attachments.remove(attachment);
            attachment
                    .imsi()
                    .filter(imsi -> subscribers.remove(imsi, attachment))
                    .ifPresent(homes::left);
            attachment.close();
        }
    }

    /** The device is attached; an older attachment of the same subscriber ends: the device has forgotten it. */
    void attached(Attachment attachment) {
        attachments.add(attachment);
        attachment.imsi().ifPresent(imsi -> {
            Attachment older = subscribers.put(imsi, attachment);
            if (older != null) {
                LOG.info("{}: {} attaches again, its older attachment ends", settings.plmn(), imsi);
                older.detach(GmmCause.IMPLICITLY_DETACHED);
            }
        });
    }

    /** Does something soon, on a thread that may wait. */
    void soon(Runnable work) {
        try {
            workers.execute(() -> {
                try {
                    work.run();
                } catch (RuntimeException e) {
                    LOG.error("{}: ", settings.plmn(), e);
                }
            });
        } catch (RejectedExecutionException closing) {
            LOG.debug("{}: is closing", settings.plmn());
        }
    }

    AccessSettings settings() {
        return settings;
    }

    HomeNetworks homes() {
        return homes;
    }

    Clock clock() {
        return context.clock();
    }

    RoleContext context() {
        return context;
    }

    UserPlane plane() {
        return plane;
    }

    AddressPool addresses() {
        return addresses;
    }

    UsageReports reports() {
        return reports;
    }

    /** Cuts all devices off; what their sessions used is kept to be reported. */
    @Override
    public void close() {
        server.close();
        plane.close();
        workers.shutdown();
        try {
            if (!workers.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("{}: some devices were not told that the network closes", settings.plmn());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        reports.close();
        homes.close();
    }
}
