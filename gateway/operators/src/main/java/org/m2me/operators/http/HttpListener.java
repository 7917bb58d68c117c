// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** An HTTP/1.1 server on one port, with mutual TLS or without any, and its limits. */
final class HttpListener implements AutoCloseable {
    /** Calls at once; each waits for the database, or for mail on behalf of a gateway node. */
    private static final int THREADS_MAX = 32;

    /** Threads of a role at rest: Jetty's acceptor and selector, and one to answer. */
    private static final int THREADS_MIN = 3;

    /** Each of some hundred peers keeps a few open; 1 MB of buffers in all. */
    private static final int CONNECTIONS_MAX = 500;

    /** No path or header of ours comes near. */
    private static final int HEADER_SIZE_MAX = 4 * 1024;

    /** Answers under way may go out; who waits for mail is interrupted. */
    private static final Duration STOP_WAIT = Duration.ofMillis(300);

    /**
     * How long a connection may be silent.
     *
     * @param during a call, and of a peer that has not proved who it is
     * @param between calls of a peer that has
     */
    record Silence(Duration during, Duration between) {
        /**
         * A gateway waits 30 s for mail, which must not look silent. Within a campaign peers have something to say each few
         * minutes; to keep their connections takes less than a handshake does.
         */
        static final Silence ALLOWED = new Silence(Duration.ofSeconds(60), Duration.ofMinutes(5));
    }

    private final Server server;
    private final ServerConnector connector;
    private final Place place;

    private HttpListener(Server server, ServerConnector connector, Place place) {
        this.server = server;
        this.connector = connector;
        this.place = place;
    }

    /**
     * Where to listen.
     *
     * @param identity for mutual TLS; without it connections are plain
     * @param port 0 has the system choose
     * @param name of the threads
     */
    record Place(Optional<TlsIdentity> identity, String host, int port, String name) {}

    /** @throws IOException if the port is taken */
    static HttpListener start(Place place, Exchange exchange) throws IOException {
        return start(place, exchange, Silence.ALLOWED);
    }

    /** @throws IOException if the port is taken */
    static HttpListener start(Place place, Exchange exchange, Silence silence) throws IOException {
        QueuedThreadPool threads = new QueuedThreadPool(THREADS_MAX, THREADS_MIN);
        threads.setName(place.name());
        threads.setReservedThreads(0);
        threads.setDaemon(true);
        threads.setStopTimeout(STOP_WAIT.toMillis());
        Server server = new Server(threads);
        ServerConnector connector = place.identity()
                .map(identity -> new ServerConnector(server, 1, 1, tls(identity, silence), http(true, silence)))
                .orElseGet(() -> new ServerConnector(server, 1, 1, http(false, silence)));
        connector.setHost(InetAddress.getByName(place.host()).getHostAddress());
        connector.setPort(place.port());
        connector.setIdleTimeout(silence.during().toMillis());
        connector.addBean(new NetworkConnectionLimit(CONNECTIONS_MAX, connector));
        server.addConnector(connector);
        server.setHandler(exchange);
        server.setErrorHandler(exchange::failed);
        HttpListener listener = new HttpListener(server, connector, place);
        try {
            server.start();
            return listener;
        } catch (IOException impossible) {
            listener.close();
            throw impossible;
        } catch (Exception impossible) {
            listener.close();
            throw new IOException("HTTP server of " + place.name() + ": " + impossible, impossible);
        }
    }

    private static SslConnectionFactory tls(TlsIdentity identity, Silence silence) {
        SslContextFactory.Server tls = new SslContextFactory.Server();
        tls.setSslContext(identity.forServer());
        tls.setNeedClientAuth(true);
        tls.setIncludeProtocols(TlsIdentity.PROTOCOLS.toArray(String[]::new));
        SslConnectionFactory factory = new SslConnectionFactory(tls, "http/1.1");
        factory.addBean(new SslHandshakeListener() {
            @Override
            public void handshakeSucceeded(Event handshake) {
                handshake.getEndPoint().setIdleTimeout(silence.between().toMillis());
            }
        });
        return factory;
    }

    private static HttpConnectionFactory http(boolean secure, Silence silence) {
        HttpConfiguration http = new HttpConfiguration();
        http.setRequestHeaderSize(HEADER_SIZE_MAX);
        http.setSendServerVersion(false);
        http.setSendDateHeader(false);
        http.setIdleTimeout(silence.during().toMillis());
        if (secure) {
            http.addCustomizer(new SecureRequestCustomizer(false)); // who may call is decided by name, not by host
        }
        return new HttpConnectionFactory(http);
    }

    URI uri() {
        return URI.create((place.identity().isPresent() ? "https://" : "http://") + place.host() + ":" + port());
    }

    /** Also when it was chosen by the system. */
    int port() {
        return connector.getLocalPort();
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception unclear) {
            throw new IllegalStateException("HTTP server did not stop: " + unclear, unclear);
        }
    }
}
