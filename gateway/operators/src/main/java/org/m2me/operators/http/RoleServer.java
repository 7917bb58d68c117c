// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.m2me.operators.DeviceService;

/** A role over HTTP/1.1 with mutual TLS: its interfaces, its side towards devices, their description, its health. */
public final class RoleServer implements AutoCloseable {
    /** Calls at once; each waits for the database, or for mail on behalf of a gateway node. */
    private static final int THREADS_MAX = 32;

    /** Threads of a role at rest: Jetty's acceptor and selector, and one to answer. */
    private static final int THREADS_MIN = 3;

    /** Each of some hundred peers keeps a few open; 1 MB of buffers in all. */
    private static final int CONNECTIONS_MAX = 500;

    /** Longer than a gateway waits for mail (30 s), so that its wait does not look idle. */
    private static final Duration IDLE_MAX = Duration.ofSeconds(60);

    /** No path or header of ours comes near. */
    private static final int HEADER_SIZE_MAX = 4 * 1024;

    /** Answers under way may go out; who waits for mail is interrupted. */
    private static final Duration STOP_WAIT = Duration.ofMillis(300);

    private final Server server;
    private final ServerConnector connector;
    private final String host;

    private RoleServer(Server server, ServerConnector connector, String host) {
        this.server = server;
        this.connector = connector;
        this.host = host;
    }

    /**
     * What is served.
     *
     * @param name the role's, in its description and health
     * @param interfaces implementation by interface
     */
    public record Content(String name, Map<Class<?>, Object> interfaces, Optional<DeviceService> devices) {
        /** Guards against later change of the map. */
        public Content {
            interfaces = Map.copyOf(interfaces);
        }
    }

    /**
     * Starts on a loopback address.
     *
     * @param host name or address of this machine's loopback, as in the certificate
     * @param port 0 has the system choose
     * @throws IOException if the port is taken
     */
    public static RoleServer start(TlsIdentity identity, String host, int port, Content content) throws IOException {
        InetAddress address = InetAddress.getByName(host);
        if (!address.isLoopbackAddress()) {
            throw new IllegalArgumentException(host + ": roles are served on loopback only");
        }
        QueuedThreadPool threads = new QueuedThreadPool(THREADS_MAX, THREADS_MIN);
        threads.setName(content.name());
        threads.setReservedThreads(0);
        threads.setDaemon(true);
        threads.setStopTimeout(STOP_WAIT.toMillis());
        Server server = new Server(threads);
        ServerConnector connector = new ServerConnector(server, 1, 1, tls(identity), http());
        connector.setHost(address.getHostAddress());
        connector.setPort(port);
        connector.setIdleTimeout(IDLE_MAX.toMillis());
        connector.addBean(new NetworkConnectionLimit(CONNECTIONS_MAX, connector));
        server.addConnector(connector);
        ObjectMapper mapper = WireJson.mapper();
        Exchange exchange = new Exchange(services(mapper, content), new Refusals(mapper));
        server.setHandler(exchange);
        server.setErrorHandler(exchange::failed);
        RoleServer role = new RoleServer(server, connector, host);
        try {
            server.start();
            return role;
        } catch (IOException impossible) {
            role.close();
            throw impossible;
        } catch (Exception impossible) {
            role.close();
            throw new IOException("HTTP server of " + content.name() + ": " + impossible, impossible);
        }
    }

    private static SslConnectionFactory tls(TlsIdentity identity) {
        SslContextFactory.Server tls = new SslContextFactory.Server();
        tls.setSslContext(identity.forServer());
        tls.setNeedClientAuth(true);
        tls.setIncludeProtocols(TlsIdentity.PROTOCOLS.toArray(String[]::new));
        return new SslConnectionFactory(tls, "http/1.1");
    }

    private static HttpConnectionFactory http() {
        HttpConfiguration http = new HttpConfiguration();
        http.setRequestHeaderSize(HEADER_SIZE_MAX);
        http.setSendServerVersion(false);
        http.setSendDateHeader(false);
        http.addCustomizer(new SecureRequestCustomizer(false)); // who may call is decided by name, not by host
        return new HttpConnectionFactory(http);
    }

    private static List<Service> services(ObjectMapper mapper, Content content) {
        List<Service> services = new ArrayList<>();
        services.add(new InterfaceService(mapper, content.interfaces()));
        content.devices().ifPresent(devices -> services.add(new DeviceSide(devices)));
        services.add(new Description(mapper, content));
        return services;
    }

    /** Where it is to be called. */
    public URI uri() {
        return URI.create("https://" + host + ":" + port());
    }

    /** The port that it has, also when it was chosen by the system. */
    public int port() {
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
