// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.stream;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens for peers, and gives each a thread of its own, so that what is said with it reads from top to bottom. */
public final class StreamServer implements AutoCloseable {
    /**
     * Who is let in.
     *
     * @param handshake from the first octet to being settled
     * @param connections at once; each has a thread
     */
    public record Admission(Duration handshake, int connections) {}

    /** One peer's conversation; it is over when this returns or throws. */
    @FunctionalInterface
    public interface Conversation {
        /**
         * Talks.
         *
         * @param settled to be run once the peer is let in: until then it is cut off when its time is over
         */
        void talk(Socket socket, Runnable settled) throws IOException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(StreamServer.class);

    /** Peers that knock while another is let in: a fleet that powers up at once. */
    private static final int BACKLOG = 1024;

    /** After an accept that failed, for want of file descriptors for instance. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    /** Conversations that are cut end at once, but for those that wait for another network's answer. */
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(2);

    private final ServerSocket server;
    private final Conversation conversation;
    private final Admission admission;
    private final ScheduledExecutorService deadlines;
    private final Semaphore free;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final String name;

    private StreamServer(ServerSocket server, Admission admission, String name, Conversation conversation) {
        this.server = server;
        this.admission = admission;
        this.free = new Semaphore(admission.connections());
        this.name = name;
        this.conversation = conversation;
        this.deadlines = Executors.newSingleThreadScheduledExecutor(work -> thread(work, name + "-deadlines"));
    }

    /**
     * Starts it.
     *
     * @param local address, and port: 0 for one that the system chooses
     * @param admission further peers are closed at once; one that is not settled in time is cut off
     */
    public static StreamServer start(
            InetSocketAddress local, Admission admission, String name, Conversation conversation) {
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(local, BACKLOG);
            StreamServer server = new StreamServer(socket, admission, name, conversation);
            thread(server::accept, name).start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    private static Thread thread(Runnable work, String as) {
        Thread thread = new Thread(work, as);
        thread.setDaemon(true);
        return thread;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                admit(server.accept());
            } catch (IOException e) {
                pauseUnlessClosed(e);
            }
        }
    }

    private void pauseUnlessClosed(IOException why) {
        if (server.isClosed()) {
            return;
        }
        LOG.warn("{}: cannot accept: {}", name, why.toString());
        try {
            Thread.sleep(PAUSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void admit(Socket socket) throws IOException {
        if (!free.tryAcquire()) {
            LOG.warn("{}: full, {} is not let in", name, socket.getRemoteSocketAddress());
            socket.close();
            return;
        }
        open.add(socket);
        if (server.isClosed()) {
            socket.close(); // the conversation then ends at its first word
        }
        thread(() -> converse(socket), name + "-" + socket.getPort()).start();
    }

    private void converse(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            var deadline =
                    deadlines.schedule(() -> cut(socket), admission.handshake().toMillis(), TimeUnit.MILLISECONDS);
            conversation.talk(socket, () -> deadline.cancel(false));
        } catch (IOException e) {
            LOG.debug("{}: {}: {}", name, socket.getRemoteSocketAddress(), e.toString());
        } catch (RejectedExecutionException closing) {
            LOG.debug("{}: is closing", name);
        } catch (RuntimeException e) {
            LOG.error("{}: {}", name, socket.getRemoteSocketAddress(), e);
        } finally {
            open.remove(socket);
            free.release();
        }
    }

    private void cut(Socket socket) {
        LOG.info(
                "{}: {} is cut off: not let in within {}",
                name,
                socket.getRemoteSocketAddress(),
                admission.handshake());
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("{}: {}", name, e.toString());
        }
    }

    /** Stops listening, cuts every conversation, and waits until they are over. */
    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : open) {
                socket.close();
            }
            deadlines.shutdownNow();
            if (!free.tryAcquire(admission.connections(), CLOSE_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("{}: some conversations go on after it is closed", name);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
