// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ProtocolException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.m2me.protocol.pki.Ocsp;

/** Asks OCSP responders over HTTP (RFC 6960 appendix A.1). Plain HTTP will do: what counts in an answer is signed. */
public final class OcspClient {
    static final String REQUEST = "application/ocsp-request";
    static final String RESPONSE = "application/ocsp-response";

    private static final Duration CONNECT_WAIT = Duration.ofSeconds(2); // a device is waiting behind the one who asks
    private static final Duration ANSWER_WAIT = Duration.ofSeconds(5); // for all of it, however slowly it comes
    private static final int OK = 200;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT_WAIT)
            .build();

    /** The DER OCSPResponse. @throws ProtocolException if the answer is none @throws IOException if none comes in time */
    public byte[] ask(URI responder, byte[] request) throws IOException {
        HttpRequest post = HttpRequest.newBuilder(responder)
                .header("Content-Type", REQUEST)
                .header("Accept", RESPONSE)
                .timeout(ANSWER_WAIT)
                .POST(HttpRequest.BodyPublishers.ofByteArray(request))
                .build();
        HttpResponse<byte[]> response = exchange(post);
        String type = response.headers().firstValue("Content-Type").orElse("");
        if (response.statusCode() != OK || !type.startsWith(RESPONSE)) {
            throw new ProtocolException(
                    "status " + response.statusCode() + " from " + responder + ", not an OCSP answer");
        }
        return response.body();
    }

    private HttpResponse<byte[]> exchange(HttpRequest request) throws IOException {
        CompletableFuture<HttpResponse<byte[]>> answer =
                http.sendAsync(request, info -> new LimitedBody(Ocsp.RESPONSE_SIZE_MAX));
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
}
