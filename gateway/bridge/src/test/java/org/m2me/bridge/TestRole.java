// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.m2me.bridge.role.RoleAddress;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceFeed;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.message.Verdict;

/** A role's HTTP interface for devices, with answers that a test lays out. */
final class TestRole implements AutoCloseable {
    /** One request of a device, as the role got it. */
    @SuppressWarnings("ArrayRecordComponent") // read by tests only
    record Asked(String path, byte[] body, String caller) {}

    @SuppressWarnings("ArrayRecordComponent") // read by tests only
    private record Reply(int status, byte[] body) {}

    final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final String name;
    private final SSLContext tls;
    private final Map<String, Reply> replies = new ConcurrentHashMap<>();
    private final List<Ueid> mail = new ArrayList<>();
    private final Set<String> stalling = ConcurrentHashMap.newKeySet();
    private volatile AtomicBoolean heard = new AtomicBoolean();
    private volatile boolean greeting;
    private volatile int port;
    private volatile HttpsServer server;
    private volatile ExecutorService threads;

    TestRole(String name, TestPki pki) throws IOException {
        this.name = name;
        this.tls = pki.server(pki.role(name));
        start();
    }

    void start() throws IOException {
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        port = server.getAddress().getPort();
        server.setHttpsConfigurator(new HttpsConfigurator(tls) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters wanted = tls.getDefaultSSLParameters();
                wanted.setNeedClientAuth(true);
                parameters.setSSLParameters(wanted);
            }
        });
        threads = Executors.newCachedThreadPool();
        server.setExecutor(threads);
        server.createContext("/device/", this::answer);
        AtomicBoolean heardSince = new AtomicBoolean();
        heard = heardSince;
        server.createContext("/device-feed", exchange -> feed(exchange, heardSince));
        server.start();
    }

    RoleAddress address() {
        return new RoleAddress(URI.create("https://127.0.0.1:" + port), name);
    }

    void answers(DeviceResource resource, byte[] body) {
        replies.put(resource.path(), new Reply(body.length == 0 ? 204 : 200, body));
    }

    void refuses(DeviceResource resource, ResultCode code) {
        replies.put(resource.path(), new Reply(code.status(), new Verdict(code).encode()));
    }

    /** Sends the headers of an answer and half of its body, and then nothing more. */
    void stalls(DeviceResource resource, byte[] body) {
        answers(resource, body);
        stalling.add(resource.path());
    }

    /** Starts again, with a feed that answers the first question at once, as roles do, with all that it has. */
    void greets() throws IOException {
        stop();
        greeting = true;
        start();
    }

    /** Whether the gateway has heard the feed of a role that greets, since the role was started. */
    boolean isHeard() {
        return heard.get();
    }

    void hasMailFor(Ueid device, byte[] body) {
        answers(DeviceResource.MAIL, body);
        synchronized (mail) {
            mail.add(device);
            mail.notifyAll();
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String caller = ((com.sun.net.httpserver.HttpsExchange) exchange)
                .getSSLSession()
                .getPeerPrincipal()
                .getName();
        byte[] body = exchange.getRequestBody().readAllBytes();
        String resource = path.substring(path.lastIndexOf('/') + 1);
        Reply reply = replies.getOrDefault(resource, new Reply(204, new byte[0]));
        asked.add(new Asked(path, body, caller)); // what is laid out from now on is for the next request
        if (stalling.contains(resource)) {
            exchange.sendResponseHeaders(reply.status, reply.body.length);
            exchange.getResponseBody().write(reply.body, 0, reply.body.length / 2);
            exchange.getResponseBody().flush();
        } else {
            send(exchange, reply);
        }
    }

    private void feed(HttpExchange exchange, AtomicBoolean heardSince) throws IOException {
        String query = exchange.getRequestURI().getQuery();
        int after = Integer.parseInt(query.replaceAll("after=(\\d+)&.*", "$1"));
        if (after > 0) {
            heardSince.set(true); // it asks for more when it has passed on what was answered first
        }
        int begin = greeting ? 1 : 0;
        List<Ueid> since;
        try {
            synchronized (mail) {
                if (mail.size() + begin <= after) {
                    mail.wait(20_000);
                }
                since = List.copyOf(mail.subList(Math.min(Math.max(0, after - begin), mail.size()), mail.size()));
            }
            send(exchange, new Reply(200, new DeviceFeed(Math.max(begin, after) + since.size(), since).encode()));
        } catch (InterruptedException stopped) {
            exchange.close();
        }
    }

    private static void send(HttpExchange exchange, Reply reply) throws IOException {
        exchange.sendResponseHeaders(reply.status, reply.body.length == 0 ? -1 : reply.body.length);
        exchange.getResponseBody().write(reply.body);
        exchange.close();
    }

    void stop() {
        threads.shutdownNow();
        server.stop(0);
    }

    @Override
    public void close() {
        stop();
    }
}
