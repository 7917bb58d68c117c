// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.gsup;

import java.io.IOException;
import java.net.Socket;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.m2me.operators.Unavailable;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.radio.GmmCause;
import org.m2me.protocol.radio.MalformedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One lasting connection to a home network. GSUP tells answers apart by type and IMSI only, so each question about a
 * subscriber is asked once at a time.
 */
final class GsupClient implements AutoCloseable {
    /** Answers what the home asks; nothing when that is not known here. */
    interface Desk {
        Optional<GsupMessage> asked(GsupMessage request) throws MalformedException;
    }

    /**
     * How a question went.
     *
     * @param answer to be closed, or its vectors
     * @param accessPoints that came before it, or with it
     */
    record Outcome(GsupMessage answer, List<PdpInfo> accessPoints) {}

    private record Key(GsupType request, Imsi imsi) {}

    private record Asked(CompletableFuture<GsupMessage> answer, List<PdpInfo> accessPoints) {}

    private static final Logger LOG = LoggerFactory.getLogger(GsupClient.class);

    /** A home on the same continent answers a SYN in a tenth of it; also how long a question waits for a connection. */
    private static final Duration CONNECT_WAIT = Duration.ofSeconds(2);

    /** Between two attempts: soon after a restart, and no storm while the home is away. Each is up to half as long again. */
    private static final Duration RETRY_MIN = Duration.ofMillis(100);

    private static final Duration RETRY_MAX = Duration.ofSeconds(10);

    private final GsupRoute route;
    private final String servingNode;
    private final SecureRandom random;
    private final Desk desk;
    private final Map<Key, Asked> pending = new ConcurrentHashMap<>();
    private volatile CompletableFuture<IpaLink> up = new CompletableFuture<>();
    private volatile boolean answers;
    private volatile Optional<IpaLink> current = Optional.empty();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;

    GsupClient(GsupRoute route, String servingNode, SecureRandom random, Desk desk) {
        this.route = route;
        this.servingNode = servingNode;
        this.random = random;
        this.desk = desk;
        this.thread = new Thread(this::stayConnected, "gsup-to-" + route.address());
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void stayConnected() {
        long wait = RETRY_MIN.toMillis();
        try {
            while (closing.getCount() > 0) {
                answers = false;
                connectOnce();
                wait = answers ? RETRY_MIN.toMillis() : Math.min(2 * wait, RETRY_MAX.toMillis());
                boolean over = closing.await(wait + random.nextLong(wait / 2), TimeUnit.MILLISECONDS);
                LOG.trace("{}: over: {}", this, over);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Connects and listens until the connection is lost. */
    private void connectOnce() {
        Socket socket = new Socket();
        try (socket) {
            socket.connect(route.address(), (int) CONNECT_WAIT.toMillis());
            try (IpaLink link = new IpaLink(socket, route.limits(), thread.getName())) {
                current = Optional.of(link);
                if (closing.getCount() > 0) {
                    link.listen(new Conversation(link));
                }
            }
        } catch (MalformedException nonsense) {
            LOG.warn("{} is cut off: {}", this, nonsense.getMessage());
        } catch (IOException gone) {
            LOG.debug("{}: {}", this, gone.toString());
        } catch (RuntimeException fault) {
            LOG.error("{} is cut off: ", this, fault); // the next connection may go better
        }
        lost();
    }

    private void lost() {
        if (up.isDone()) {
            up = new CompletableFuture<>();
            LOG.info("{} is lost", this);
        }
        current = Optional.empty();
        IOException why = new IOException("the connection is lost");
        pending.values().forEach(asked -> asked.answer().completeExceptionally(why));
    }

    /** Asks, and waits for the answer. */
    Outcome ask(GsupMessage question) throws Refused {
        Key key = new Key(question.type(), question.imsi());
        Asked asked = new Asked(new CompletableFuture<>(), new ArrayList<>());
        if (pending.size() >= route.limits().outstanding() || pending.putIfAbsent(key, asked) != null) {
            throw new Refused(ResultCode.BUSY, question.type() + " of " + question.imsi() + ": too much at once");
        }
        try {
            connected().say(question);
            GsupMessage answer = awaited(asked);
            List<PdpInfo> accessPoints;
            synchronized (asked) {
                asked.accessPoints().addAll(GsupHome.accessPoints(answer));
                accessPoints = List.copyOf(asked.accessPoints());
            }
            return new Outcome(answer, accessPoints);
        } catch (IOException | TimeoutException | ExecutionException e) {
            throw new Unavailable(this + ": no answer to " + question.type() + " of " + question.imsi() + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable(this + ": interrupted", e);
        } finally {
            pending.remove(key);
        }
    }

    private IpaLink connected() throws InterruptedException, ExecutionException, TimeoutException {
        return up.get(CONNECT_WAIT.toMillis(), TimeUnit.MILLISECONDS);
    }

    private GsupMessage awaited(Asked asked) throws InterruptedException, ExecutionException, TimeoutException {
        try {
            return asked.answer().get(route.limits().answer().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            if (asked.answer().completeExceptionally(late)) {
                throw late;
            }
            return asked.answer().get(); // it came in this moment
        }
    }

    /** Says something to which no answer is waited for; nothing when there is no connection. */
    void tell(GsupMessage message) {
        if (up.isDone()) {
            current.ifPresent(link -> link.say(message));
        }
    }

    /** Access points that the home names while a location is updated. */
    void collect(Imsi imsi, List<PdpInfo> accessPoints) {
        Asked asked = pending.get(new Key(GsupType.UPDATE_LOCATION_REQUEST, imsi));
        if (asked != null) {
            synchronized (asked) {
                asked.accessPoints().clear(); // told again, it replaces what was told before
                asked.accessPoints().addAll(accessPoints);
            }
        }
    }

    /** What the home says. */
    private final class Conversation implements IpaLink.Listener {
        private final IpaLink link;

        Conversation(IpaLink link) {
            this.link = link;
        }

        @Override
        public void heard(Ccm said) throws IOException {
            answers |= said.type() == Ccm.Type.PONG || said.type() == Ccm.Type.IDENTITY_ACCEPTED;
            if (said.type() == Ccm.Type.IDENTITY_REQUEST) {
                link.say(Ccm.identity(servingNode));
                if (up.complete(link)) {
                    LOG.info("{} is connected", GsupClient.this);
                }
            } else if (said.type() == Ccm.Type.IDENTITY_REFUSED) {
                throw new MalformedException("it refuses the name " + servingNode);
            }
        }

        @Override
        public void heard(byte[] octets) throws IOException {
            GsupMessage message;
            try {
                message = GsupMessage.decode(octets);
                answers = true;
            } catch (MalformedException malformed) {
                unread(octets, malformed);
                return;
            }
            if (message.type().isRequest()) {
                try (message) {
                    answer(message);
                }
                return;
            }
            Asked asked = pending.get(new Key(message.type().request(), message.imsi()));
            if (asked == null || !asked.answer().complete(message)) {
                message.close(); // nobody waits for it any more
            }
        }

        private void answer(GsupMessage request) {
            Optional<GsupMessage> answer;
            try {
                answer = desk.asked(request);
            } catch (MalformedException wrong) {
                LOG.warn("{}: {} is refused: {}", GsupClient.this, request.type(), wrong.getMessage());
                answer = Optional.of(
                        GsupMessage.error(request.type(), request.imsi(), GmmCause.INVALID_MANDATORY_INFORMATION));
            }
            link.say(answer.orElseGet(
                    () -> GsupMessage.error(request.type(), request.imsi(), GmmCause.MESSAGE_TYPE_NOT_IMPLEMENTED)));
        }

        /** One answer that is wrong concerns one subscriber. */
        private void unread(byte[] octets, MalformedException why) throws MalformedException {
            GsupMessage.Head head = GsupMessage.head(octets).orElseThrow(() -> why);
            if (GsupType.isRequest(head.type())) {
                link.say(GsupMessage.refusal(head));
            }
            LOG.warn("{}: what it says of {} is not understood: {}", GsupClient.this, head.imsi(), why.getMessage());
            pending.forEach((key, asked) -> {
                if (key.imsi().equals(head.imsi())) {
                    asked.answer().completeExceptionally(why);
                }
            });
        }
    }

    @Override
    public String toString() {
        return thread.getName();
    }

    @Override
    public void close() {
        closing.countDown();
        current.ifPresent(IpaLink::close);
        try {
            thread.join(CONNECT_WAIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
