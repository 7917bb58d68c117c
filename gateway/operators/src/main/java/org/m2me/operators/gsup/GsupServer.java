// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.gsup;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.m2me.operators.AuthenticationCentre;
import org.m2me.operators.stream.StreamServer;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.radio.MalformedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A home network as core networks of others know it: in the place of their HLR. Each serving node has one connection and
 * is told apart by its name. A subscription that ends is cancelled where the subscriber is; since nobody announces that a
 * time is over, all are looked at now and then, and those of a node when it connects.
 */
public final class GsupServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GsupServer.class);

    /** Some thousand subscribers take a second to look at; an activation lasts days. */
    private static final Duration REVIEW = Duration.ofMinutes(5);

    /** Subscribers looked at in one go, so that nothing else waits for long. */
    private static final int REVIEW_PAGE = 256;

    /** What ends a subscriber's stay; used-up quotas only keep it from coming again. */
    private static final Set<ResultCode> OVER = EnumSet.of(ResultCode.PCID_UNKNOWN, ResultCode.PCID_NOT_ACTIVE);

    private static final int SESSION_NAME = 8; // random bytes: no two are ever equal

    private final RoleContext context;
    private final GsupLimits limits;
    private final AuthenticationCentre home;
    private final String name;
    private final Locations locations;
    private final Map<String, GsupPeer> peers = new ConcurrentHashMap<>();
    private final ScheduledExecutorService worker;
    private final StreamServer server;

    private GsupServer(RoleContext context, GsupSettings settings, AuthenticationCentre home) {
        this.context = context;
        this.limits = settings.limits();
        this.home = home;
        this.name = "gsup-" + context.certificate().commonName();
        this.locations = Locations.open(context.directory());
        this.worker = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        });
        this.server = StreamServer.start(settings.local(), limits.admission(), name, this::talk);
    }

    /** Starts it. Its database, {@code gsup.db}, is in the role's directory. @param home whose subscribers these are */
    public static GsupServer start(RoleContext context, GsupSettings settings, AuthenticationCentre home) {
        GsupServer server = new GsupServer(context, settings, home);
        var unused = server.worker.scheduleWithFixedDelay(
                () -> server.guarded(() -> server.review(Optional.empty(), "")),
                REVIEW.toMillis(),
                REVIEW.toMillis(),
                TimeUnit.MILLISECONDS);
        return server;
    }

    /** Where serving nodes connect. */
    public InetSocketAddress address() {
        return server.address();
    }

    /** The names of the serving nodes that are connected: who has heard that it is accepted is one of them. */
    public List<String> connected() {
        synchronized (peers) {
            return List.copyOf(peers.keySet());
        }
    }

    private void talk(Socket socket, Runnable settled) throws IOException {
        try (IpaLink link = new IpaLink(socket, limits, name)) {
            GsupPeer peer = new GsupPeer(this, link, settled);
            try {
                link.say(Ccm.of(Ccm.Type.IDENTITY_REQUEST));
                link.listen(peer);
            } catch (MalformedException nonsense) {
                LOG.warn("{}: {} is cut off: {}", name, peer, nonsense.getMessage());
            } catch (SocketTimeoutException silent) {
                LOG.warn("{}: {} is cut off: it does not answer", name, peer);
            } catch (EOFException gone) {
                LOG.debug("{}: {} has gone", name, peer);
            } finally {
                peer.end();
            }
        }
    }

    /** Takes a node's name for a connection, unless another one has it: the node hears of it before anything else. */
    boolean enter(String node, GsupPeer peer) {
        boolean entered;
        synchronized (peers) {
            entered = !peers.containsKey(node);
            if (entered) {
                peer.accept(); // before it can be found: only puts it into a queue
                peers.put(node, peer);
            }
        }
        if (entered) {
            LOG.info("{}: {} is connected, at {}", name, node, peer);
            soon(() -> review(Optional.of(node), ""));
        }
        return entered;
    }

    void leave(String node, GsupPeer peer) {
        if (peers.remove(node, peer)) {
            LOG.info("{}: {} is disconnected", name, peer);
        }
    }

    /** Looks at a subscription that has changed, soon: if it is over, the node where the subscriber is learns it. */
    public void review(Imsi imsi) {
        soon(() -> locations.find(imsi).ifPresent(node -> review(new Locations.Place(imsi, node))));
    }

    private void review(Optional<String> ofNode, String after) {
        List<Locations.Place> page = locations.after(after, REVIEW_PAGE);
        for (Locations.Place place : page) {
            if (ofNode.isEmpty() || ofNode.get().equals(place.node())) {
                review(place);
            }
        }
        if (page.size() == REVIEW_PAGE) {
            soon(() -> review(ofNode, page.get(REVIEW_PAGE - 1).imsi().digits()));
        }
    }

    private void review(Locations.Place place) {
        GsupPeer peer = peers.get(place.node());
        if (peer == null) {
            return; // it learns it when it connects
        }
        try {
            home.subscription(place.imsi(), place.node());
        } catch (Refused refused) {
            if (OVER.contains(refused.code())) {
                LOG.info("{}: {} is withdrawn from {}: {}", name, place.imsi(), peer, refused.toString());
                peer.cancel(place.imsi(), GsupPeer.WITHDRAWN);
            }
        } catch (RuntimeException passing) {
            LOG.warn("{}: {} is not looked at: {}", name, place.imsi(), passing.toString());
        }
    }

    /** The subscriber has come to this node; where it was before is told. */
    void moved(Imsi imsi, String node) {
        Optional<String> before = locations.move(imsi, node);
        before.map(peers::get).ifPresent(peer -> peer.cancel(imsi, GsupPeer.MOVED));
    }

    Locations locations() {
        return locations;
    }

    AuthenticationCentre home() {
        return home;
    }

    GsupLimits limits() {
        return limits;
    }

    String name() {
        return name;
    }

    String newSession() {
        byte[] random = new byte[SESSION_NAME];
        context.random().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /** Does something on the server's own thread. */
    private void soon(Runnable work) {
        var unused = later(work, Duration.ZERO);
    }

    /** The same after some time. */
    Future<?> later(Runnable work, Duration delay) {
        try {
            return worker.schedule(() -> guarded(work), delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closing) {
            LOG.debug("{}: is closing", name);
            return CompletableFuture.completedFuture(null);
        }
    }

    private void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.error("{}: ", name, e);
        }
    }

    /** Cuts all nodes off; they come again. */
    @Override
    public void close() {
        worker.shutdownNow();
        server.close();
        try {
            if (!worker.awaitTermination(limits.answer().toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("{}: does not end in time", name);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        locations.close();
    }
}
