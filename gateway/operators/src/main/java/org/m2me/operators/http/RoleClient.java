// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.m2me.operators.Unavailable;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

/**
 * Other roles' interfaces over HTTP/1.1 with mutual TLS. A refusal arrives as {@link Refused} with its code; no answer,
 * or one that says that something broke over there, as {@link Unavailable}: then the call may or may not have been done.
 */
public final class RoleClient {
    /** Three lost SYNs; a machine that is there answers in milliseconds. */
    private static final Duration CONNECT_WAIT = Duration.ofSeconds(5);

    /** A role answers within milliseconds; on a slow disk it may wait 20 s for its turn to write. */
    private static final Duration ANSWER_WAIT = Duration.ofSeconds(30);

    /** They only compute TLS and hand over bodies. */
    private static final int THREADS = 2;

    /** Between two calls the threads end, so that a role that is gone leaves none. */
    private static final Duration THREAD_IDLE = Duration.ofSeconds(10);

    private static final int OK = 200;
    private static final int NO_CONTENT = 204;

    private final ObjectMapper mapper = WireJson.mapper();
    private final NamedPeers peers = new NamedPeers();
    private final Map<Class<?>, WireInterface> interfaces = new ConcurrentHashMap<>();
    private final HttpClient http;

    /** A client for all calls of one role. */
    public RoleClient(TlsIdentity identity) {
        SSLParameters tls = new SSLParameters();
        tls.setProtocols(TlsIdentity.PROTOCOLS.toArray(String[]::new));
        http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT_WAIT)
                .sslContext(identity.forClient(peers))
                .sslParameters(tls)
                .executor(threads())
                .build();
    }

    private static ThreadPoolExecutor threads() {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                THREADS, THREADS, THREAD_IDLE.toSeconds(), TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "role-client");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    /**
     * The interface of a role at an address.
     *
     * @param name common name that the certificate there has to have
     */
    public <T> T of(Class<T> type, String name, URI uri) {
        WireInterface wire = interfaces.computeIfAbsent(type, unused -> new WireInterface(mapper, type));
        peers.expect(uri, name);
        Object proxy =
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    @Nullable Object[] values = arguments == null ? new Object[0] : arguments;
                    return method.getDeclaringClass() == Object.class
                            ? ofObject(self, method, values, name + " at " + uri)
                            : call(new Target(name, uri, wire), method.getName(), values);
                });
        return type.cast(proxy);
    }

    private record Target(String name, URI uri, WireInterface wire) {}

    private static Object ofObject(Object self, Method method, @Nullable Object[] arguments, String text) {
        return switch (method.getName()) {
            case "equals" -> self == arguments[0];
            case "hashCode" -> System.identityHashCode(self);
            default -> text;
        };
    }

    private @Nullable Object call(Target target, String name, @Nullable Object[] arguments) throws Refused {
        WireMethod method = target.wire().method(name).orElseThrow();
        String what = target.name() + ": " + target.wire().name() + "." + name;
        try (WireOutput message = method.writeArguments(arguments)) {
            HttpRequest request = HttpRequest.newBuilder(
                            target.uri().resolve(target.wire().path(method)))
                    .header("Content-Type", Answer.JSON)
                    .timeout(ANSWER_WAIT)
                    .POST(HttpRequest.BodyPublishers.ofByteArray(message.content(), 0, message.length()))
                    .build();
            HttpResponse<byte[]> response = exchange(request, method.sizeMax());
            try {
                return result(method, what, response);
            } finally {
                Arrays.fill(response.body(), (byte) 0);
            }
        } catch (IOException fault) {
            throw new Unavailable(what + ": " + fault, fault);
        }
    }

    /** Once more when a connection broke, for a peer that restarted closed the ones that were kept: calls may be repeated. */
    private HttpResponse<byte[]> exchange(HttpRequest request, int sizeMax) throws IOException {
        try {
            return exchangeOnce(request, sizeMax);
        } catch (ConnectException | HttpTimeoutException | InterruptedIOException | SSLHandshakeException clear) {
            throw clear;
        } catch (IOException broken) {
            return exchangeOnce(request, sizeMax);
        }
    }

    private HttpResponse<byte[]> exchangeOnce(HttpRequest request, int sizeMax) throws IOException {
        CompletableFuture<HttpResponse<byte[]>> answer = http.sendAsync(request, info -> new LimitedBody(sizeMax));
        try {
            return answer.get(ANSWER_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof IOException fault ? fault : new IOException(failed.getCause());
        } catch (TimeoutException late) {
            answer.cancel(true);
            throw new HttpTimeoutException("no answer within " + ANSWER_WAIT.toSeconds() + " s");
        } catch (InterruptedException stop) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    private @Nullable Object result(WireMethod method, String what, HttpResponse<byte[]> response)
            throws Refused, IOException {
        int status = response.statusCode();
        if (status == NO_CONTENT && !method.hasResult()) {
            return null;
        }
        if (status == OK && method.hasResult()) {
            return read(method, response.body());
        }
        ResultCode code = code(response.body(), status);
        if (code == ResultCode.INTERNAL) {
            throw new IOException("broke over there");
        }
        throw new Refused(code, what);
    }

    private static @Nullable Object read(WireMethod method, byte[] body) throws IOException {
        Secrets secrets = new Secrets();
        boolean complete = false;
        try {
            Object result = method.readResult(body, secrets);
            complete = true;
            return result;
        } finally {
            if (!complete) {
                secrets.close();
            }
        }
    }

    private ResultCode code(byte[] body, int status) throws IOException {
        JsonNode code = mapper.readTree(body).path(Refusals.CODE);
        for (ResultCode known : ResultCode.values()) {
            if (known.name().equals(code.asText())) {
                return known;
            }
        }
        throw new IOException("status " + status + " without a code that is known");
    }
}
