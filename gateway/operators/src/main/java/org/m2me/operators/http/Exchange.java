// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.m2me.protocol.message.ResultCode;

/** One HTTP exchange: reads the request within its limit, asks each service in turn, writes the answer. */
final class Exchange extends Handler.Abstract {
    /** Four times the limit: more is no mistake, and its sender learns nothing. */
    private static final int DISCARD_MAX = 4 * WireJson.MESSAGE_SIZE_MAX;

    /** On a connection without TLS nobody has a name. */
    private static final Caller NAMELESS = new Caller("");

    /** One TLS record. */
    private static final int DISCARD_PART = 16 * 1024;

    private final List<Service> services;
    private final Refusals refusals;
    private final boolean certified;

    /** @param certified whether every caller has to show a certificate */
    Exchange(List<Service> services, Refusals refusals, boolean certified) {
        this.services = List.copyOf(services);
        this.refusals = refusals;
        this.certified = certified;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws IOException {
        Optional<Caller> caller = certified ? caller(request) : Optional.of(NAMELESS);
        if (caller.isEmpty()) {
            send(refusals.refusal(ResultCode.FORBIDDEN), response, callback);
            return true;
        }
        Optional<byte[]> body = body(request, sizeMax(caller.get(), Request.getPathInContext(request)));
        if (body.isEmpty()) {
            response.getHeaders().put(HttpHeader.CONNECTION, "close"); // something of the body may be left
            send(refusals.refusal(ResultCode.TOO_LARGE), response, callback);
            return true;
        }
        send(answer(call(caller.get(), request, body.get())), response, callback);
        return true;
    }

    /** What Jetty itself refuses: no HTTP, headers too large. */
    boolean failed(Request request, Response response, Callback callback) {
        boolean callersFault = request.getAttribute(ErrorHandler.ERROR_EXCEPTION) instanceof HttpException fault
                && HttpStatus.isClientError(fault.getCode());
        send(refusals.refusal(callersFault ? ResultCode.MALFORMED : ResultCode.INTERNAL), response, callback);
        return true;
    }

    private Answer answer(Call call) {
        try {
            for (Service service : services) {
                Optional<Answer> answer = service.answer(call);
                if (answer.isPresent()) {
                    return answer.get();
                }
            }
            return refusals.refusal(ResultCode.NOT_FOUND);
        } catch (RuntimeException fault) {
            return refusals.refusal(
                    Refusals.code(call.path() + " by " + call.caller().name(), fault));
        }
    }

    private static Optional<Caller> caller(Request request) {
        if (!(request.getAttribute(EndPoint.SslSessionData.ATTRIBUTE) instanceof EndPoint.SslSessionData tls)) {
            return Optional.empty();
        }
        X509Certificate[] chain = tls.peerCertificates();
        try {
            return chain == null || chain.length == 0 ? Optional.empty() : Optional.of(Caller.of(chain[0]));
        } catch (IllegalArgumentException nameless) {
            return Optional.empty();
        }
    }

    private int sizeMax(Caller caller, String path) {
        int sizeMax = 0;
        for (Service service : services) {
            sizeMax = Math.max(sizeMax, service.sizeMax(caller, path));
        }
        return sizeMax;
    }

    /** Empty when it is too large. */
    private static Optional<byte[]> body(Request request, int sizeMax) throws IOException {
        try (InputStream in = Content.Source.asInputStream(request)) {
            byte[] body = in.readNBytes(sizeMax + 1);
            if (body.length <= sizeMax) {
                return Optional.of(body);
            }
            discard(in);
            return Optional.empty();
        }
    }

    /** TCP throws an answer away that overtakes the request: who sends a little too much is to read why it is refused. */
    private static void discard(InputStream in) throws IOException {
        byte[] part = new byte[DISCARD_PART];
        int left = DISCARD_MAX;
        int read = 0;
        while (left > 0 && read >= 0) {
            read = in.read(part);
            left -= read;
        }
    }

    private static Call call(Caller caller, Request request, byte[] body) {
        Map<String, String> query = new HashMap<>();
        String text = request.getHttpURI().getQuery();
        if (text != null) {
            for (Fields.Field field : Request.extractQueryParameters(request, StandardCharsets.UTF_8)) {
                query.put(field.getName(), field.getValue());
            }
        }
        return new Call(caller, request.getMethod(), Request.getPathInContext(request), query, body);
    }

    private static void send(Answer answer, Response response, Callback callback) {
        response.setStatus(answer.status());
        if (answer.length() > 0) {
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, answer.type());
        }
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, answer.length());
        response.write(
                true, ByteBuffer.wrap(answer.body(), 0, answer.length()), Callback.from(callback, answer::close));
    }
}
