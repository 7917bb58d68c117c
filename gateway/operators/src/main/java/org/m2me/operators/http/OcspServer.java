// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.m2me.protocol.pki.Ocsp;

/** An OCSP responder over HTTP (RFC 6960 appendix A.1), by POST and by GET. Who asks is not asked: answers are public. */
public final class OcspServer implements AutoCloseable {
    private static final int THREADS_MAX = 8; // an answer is one look into the database and one signature
    private static final int THREADS_MIN = 3; // Jetty's acceptor and selector, and one to answer
    private static final int CONNECTIONS_MAX = 200; // of strangers too
    private static final Duration IDLE_MAX = Duration.ofSeconds(10); // who asks has his question ready
    private static final int HEADER_SIZE_MAX = 8 * 1024; // with a request about some in the path

    /** The path is base64, in which / and // mean nothing. */
    private static final UriCompliance BASE64 = new UriCompliance(
            "OCSP",
            EnumSet.of(
                    UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR,
                    UriCompliance.Violation.AMBIGUOUS_EMPTY_SEGMENT,
                    UriCompliance.Violation.AMBIGUOUS_PATH_ENCODING));

    private final Server server;
    private final ServerConnector connector;

    private OcspServer(Server server, ServerConnector connector) {
        this.server = server;
        this.connector = connector;
    }

    /**
     * Starts to answer.
     *
     * @param address port 0 has the system choose
     * @param responder a DER OCSPResponse for what ought to be a DER OCSPRequest
     * @throws IOException if the port is taken
     */
    public static OcspServer start(InetSocketAddress address, UnaryOperator<byte[]> responder) throws IOException {
        QueuedThreadPool threads = new QueuedThreadPool(THREADS_MAX, THREADS_MIN);
        threads.setName("ocsp");
        threads.setReservedThreads(0);
        threads.setDaemon(true);
        Server server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setRequestHeaderSize(HEADER_SIZE_MAX);
        http.setSendServerVersion(false);
        http.setUriCompliance(BASE64);
        ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost(address.getAddress().getHostAddress());
        connector.setPort(address.getPort());
        connector.setIdleTimeout(IDLE_MAX.toMillis());
        connector.addBean(new NetworkConnectionLimit(CONNECTIONS_MAX, connector));
        server.addConnector(connector);
        server.setHandler(new Answering(responder));
        OcspServer ocsp = new OcspServer(server, connector);
        try {
            server.start();
            return ocsp;
        } catch (IOException taken) {
            ocsp.close();
            throw taken;
        } catch (Exception impossible) {
            ocsp.close();
            throw new IOException("OCSP responder: " + impossible, impossible);
        }
    }

    /** Where it is to be asked. */
    public URI uri() {
        return URI.create("http://" + connector.getHost() + ":" + connector.getLocalPort() + "/");
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception unclear) {
            throw new IllegalStateException("OCSP responder did not stop: " + unclear, unclear);
        }
    }

    private static final class Answering extends Handler.Abstract {
        private final UnaryOperator<byte[]> responder;

        Answering(UnaryOperator<byte[]> responder) {
            this.responder = responder;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) throws IOException {
            boolean post = HttpMethod.POST.is(request.getMethod());
            if (!post && !HttpMethod.GET.is(request.getMethod())) {
                return refuse(HttpStatus.METHOD_NOT_ALLOWED_405, response, callback);
            }
            String type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
            if (post && !OcspClient.REQUEST.equals(type)) {
                return refuse(HttpStatus.UNSUPPORTED_MEDIA_TYPE_415, response, callback);
            }
            Optional<byte[]> asked = post ? body(request) : inPath(request);
            if (asked.isEmpty()) {
                int why = post ? HttpStatus.PAYLOAD_TOO_LARGE_413 : HttpStatus.BAD_REQUEST_400;
                return refuse(why, response, callback);
            }
            byte[] answer = responder.apply(asked.get());
            response.setStatus(HttpStatus.OK_200);
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, OcspClient.RESPONSE);
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, answer.length);
            response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store"); // each answer has its request's nonce
            response.write(true, ByteBuffer.wrap(answer), callback);
            return true;
        }

        private static Optional<byte[]> body(Request request) throws IOException {
            try (InputStream in = Content.Source.asInputStream(request)) {
                return Optional.of(in.readNBytes(Ocsp.REQUEST_SIZE_MAX + 1))
                        .filter(all -> all.length <= Ocsp.REQUEST_SIZE_MAX);
            }
        }

        /** The path after the first slash: base64, whose own characters may be percent-encoded. */
        private static Optional<byte[]> inPath(Request request) {
            String path = request.getHttpURI().getPath().substring(1).replace("+", "%2B");
            try {
                return Optional.of(Base64.getDecoder().decode(URLDecoder.decode(path, StandardCharsets.US_ASCII)));
            } catch (IllegalArgumentException malformed) {
                return Optional.empty();
            }
        }

        private static boolean refuse(int status, Response response, Callback callback) {
            response.setStatus(status);
            response.getHeaders().put(HttpHeader.CONNECTION, "close"); // something of the body may be left
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, 0);
            response.write(true, ByteBuffer.allocate(0), callback);
            return true;
        }
    }
}
