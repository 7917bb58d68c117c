// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge.role;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import org.m2me.bridge.device.DeviceAnswer;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceFeed;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.message.Verdict;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One role's HTTP interface for devices. Calls block. */
public final class RoleLink {
    /** Largest answer that is taken: an envelope of 4,096 bytes, or a feed of 1,000 devices, with what is around it. */
    static final int ANSWER_SIZE_MAX = 32 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(RoleLink.class);
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2); // same site; a role that is up accepts at once
    private static final Duration FEED_SLACK = Duration.ofSeconds(5); // on top of the wait that was asked for

    private final DeviceRole role;
    private final RoleAddress address;
    private final Duration limit;
    private final HttpClient http;

    /** @param limit how long the role may take to answer a device */
    public RoleLink(DeviceRole role, RoleAddress address, SSLContext tls, Duration limit, Executor executor) {
        this.role = role;
        this.address = address;
        this.limit = limit;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(tls)
                .connectTimeout(CONNECT_LIMIT)
                .executor(executor)
                .build();
    }

    public DeviceRole role() {
        return role;
    }

    /** The role's answer to a device, a refusal included. */
    public DeviceAnswer ask(Ueid device, DeviceResource resource, byte[] body)
            throws RoleUnreachable, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(at("/device/" + device.hex() + "/" + resource.path()))
                .timeout(limit)
                .header("Content-Type", "application/cbor")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        Reply reply = send(request);
        if (reply.status == 200 || reply.status == 204) {
            return DeviceAnswer.content(reply.body);
        }
        return DeviceAnswer.refused(refusal(reply));
    }

    /** For whom the role has mail, at most this long after it was asked. */
    public DeviceFeed feed(long after, Duration wait) throws RoleUnreachable, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(at("/device-feed?after=" + after + "&wait=" + wait.toMillis()))
                .timeout(wait.plus(FEED_SLACK))
                .GET()
                .build();
        Reply reply = send(request);
        if (reply.status != 200) {
            throw new RoleUnreachable(role, new IOException("feed: HTTP status " + reply.status));
        }
        try {
            return DeviceFeed.decode(reply.body);
        } catch (CborException malformed) {
            throw new RoleUnreachable(role, new IOException("feed: " + malformed.getMessage(), malformed));
        }
    }

    private URI at(String path) {
        return URI.create(address.base() + path);
    }

    private ResultCode refusal(Reply reply) {
        try {
            ResultCode code = Verdict.decode(reply.body).code();
            if (code != ResultCode.OK) {
                return code;
            }
            LOG.warn("{} answered HTTP {} with the code OK", role, reply.status);
        } catch (CborException malformed) {
            LOG.warn("{} answered HTTP {} without a verdict: {}", role, reply.status, malformed.getMessage());
        }
        return ResultCode.INTERNAL;
    }

    private Reply send(HttpRequest request) throws RoleUnreachable, InterruptedException {
        try {
            return exchange(request);
        } catch (ConnectException | HttpTimeoutException down) {
            throw new RoleUnreachable(role, down);
        } catch (IOException broken) {
            // A kept connection that the role has closed meanwhile looks like this; a new one tells whether it is
            // there.
            LOG.debug("{}: {}, once more", role, broken.toString());
        }
        try {
            return exchange(request);
        } catch (IOException down) {
            throw new RoleUnreachable(role, down);
        }
    }

    private Reply exchange(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<InputStream> response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
        AtomicBoolean late = new AtomicBoolean();
        try (InputStream in = response.body()) {
            // The request's own limit ends with the headers of the answer; its body may take as long again.
            CompletableFuture<Void> deadline = CompletableFuture.runAsync(
                    () -> giveUp(in, late), CompletableFuture.delayedExecutor(limit.toMillis(), TimeUnit.MILLISECONDS));
            byte[] body = in.readNBytes(ANSWER_SIZE_MAX + 1);
            deadline.cancel(false);
            if (body.length > ANSWER_SIZE_MAX) {
                throw new IOException("answer of more than " + ANSWER_SIZE_MAX + " bytes");
            }
            return new Reply(response.statusCode(), body);
        } catch (IOException broken) {
            throw late.get() ? new HttpTimeoutException("answer breaks off for " + limit) : broken;
        }
    }

    private static void giveUp(InputStream body, AtomicBoolean late) {
        late.set(true);
        try {
            body.close(); // who reads it is woken
        } catch (IOException gone) {
            LOG.debug("an answer that was given up: {}", gone.toString());
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
    private record Reply(int status, byte[] body) {}
}
