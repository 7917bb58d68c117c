// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Resources over HTTP/1.1 for systems that are no roles of this project: paths and JSON, with mutual TLS or on loopback. */
public final class ResourceServer implements AutoCloseable {
    private final HttpListener listener;

    private ResourceServer(HttpListener listener) {
        this.listener = listener;
    }

    /**
     * A request.
     *
     * @param caller common name of its certificate; empty where there is no TLS
     * @param path decoded
     * @param query the last value of each name
     */
    @SuppressWarnings("ArrayRecordComponent") // it never is compared
    public record Asked(String caller, String verb, String path, Map<String, String> query, byte[] body) {}

    /** The answer. @param json an object; its members are strings, numbers, and lists of these */
    public record Told(int status, Map<String, Object> json) {}

    /** Answers requests, several at once. */
    @FunctionalInterface
    public interface Resources {
        Told answer(Asked asked);
    }

    /**
     * Where and how.
     *
     * @param identity for mutual TLS; without it only this machine is served
     * @param port 0 has the system choose
     * @param bodyMax bytes
     */
    public record Place(Optional<TlsIdentity> identity, String host, int port, int bodyMax) {}

    /** @throws IOException if the port is taken @throws IllegalArgumentException for plain HTTP beyond loopback */
    public static ResourceServer start(Place place, Resources resources) throws IOException {
        if (place.identity().isEmpty() && !InetAddress.getByName(place.host()).isLoopbackAddress()) {
            throw new IllegalArgumentException(place.host() + ": without TLS only a loopback address is listened on");
        }
        ObjectMapper mapper = WireJson.mapper();
        Exchange exchange = new Exchange(
                List.of(new Adapter(mapper, place.bodyMax(), resources)),
                new Refusals(mapper),
                place.identity().isPresent());
        return new ResourceServer(HttpListener.start(
                new HttpListener.Place(place.identity(), place.host(), place.port(), "resources"), exchange));
    }

    private record Adapter(ObjectMapper mapper, int bodyMax, Resources resources) implements Service {
        @Override
        public Optional<Answer> answer(Call call) {
            Told told = resources.answer(
                    new Asked(call.caller().name(), call.verb(), call.path(), call.query(), call.body()));
            try {
                return Optional.of(Answer.of(told.status(), mapper.writeValueAsBytes(told.json())));
            } catch (JsonProcessingException impossible) {
                throw new IllegalStateException("strings and numbers are JSON", impossible);
            }
        }

        @Override
        public int sizeMax(Caller caller, String path) {
            return bodyMax;
        }
    }

    /** Where it is to be called. */
    public URI uri() {
        return listener.uri();
    }

    @Override
    public void close() {
        listener.close();
    }
}
