// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent.coap;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.californium.core.coap.MessageObserverAdapter;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.Endpoint;
import org.eclipse.californium.elements.EndpointContext;

/** One request until its answer. It is given up early when the gateway does not even acknowledge it. */
final class Conversation extends MessageObserverAdapter {
    // A handshake is sent again after 2, 6 and 14 s; a gateway that is started again meanwhile is reached.
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(20);
    // A request is sent again after 2 to 3 s, and after 6 to 9 s (RFC 7252 4.8): by then two were lost, or nobody
    // listens.
    private static final Duration UNHEARD_LIMIT = Duration.ofSeconds(7);

    private final Request request;
    private final CompletableFuture<Void> connected = new CompletableFuture<>();
    private final CompletableFuture<Void> heard = new CompletableFuture<>();
    private final CompletableFuture<Response> answered = new CompletableFuture<>();

    Conversation(Request request) {
        this.request = request;
    }

    /** Sends the request and waits for its answer, that long after it was heard. */
    Response hold(Endpoint endpoint, Duration limit) throws IOException, InterruptedException {
        request.addMessageObserver(this);
        request.send(endpoint);
        boolean complete = false;
        try {
            await(connected, CONNECT_LIMIT, "no connection");
            await(heard, UNHEARD_LIMIT, "not heard");
            Response response = await(answered, limit, "heard, but not answered");
            complete = true;
            return response;
        } finally {
            if (!complete) {
                request.cancel();
            }
        }
    }

    private <T> T await(CompletableFuture<T> future, Duration limit, String otherwise)
            throws IOException, InterruptedException {
        try {
            return future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException silent) {
            throw new SilenceException(otherwise + " in " + limit.toSeconds() + " s", !heard.isDone());
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof SilenceException silent) {
                throw silent;
            }
            throw new IOException("not sent: " + failed.getCause(), failed);
        }
    }

    private void fail(Throwable why) {
        connected.completeExceptionally(why);
        heard.completeExceptionally(why);
        answered.completeExceptionally(why);
    }

    @Override
    public void onContextEstablished(EndpointContext context) {
        connected.complete(null);
    }

    @Override
    public void onAcknowledgement() {
        connected.complete(null);
        heard.complete(null);
    }

    @Override
    public void onResponse(Response response) {
        connected.complete(null);
        heard.complete(null);
        answered.complete(response);
    }

    @Override
    public void onTimeout() {
        fail(new SilenceException("sent several times, not heard", true));
    }

    @Override
    public void onReject() {
        fail(new IOException("the gateway rejected the message"));
    }

    @Override
    public void onSendError(Throwable error) {
        fail(error);
    }
}
