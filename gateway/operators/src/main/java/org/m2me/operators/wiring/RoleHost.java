// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.wiring;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.m2me.operators.Peers;
import org.m2me.operators.http.RoleServer;
import org.m2me.operators.http.TlsIdentity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The roles of one process, each with an HTTP server of its own. A role may be stopped and started again at any time: on
 * the same directory it goes on where it was, on the same port its peers find it.
 */
public final class RoleHost implements AutoCloseable {
    /** The name that certificates carry for every role on this machine. */
    public static final String HOST = "localhost";

    private static final Logger LOG = LoggerFactory.getLogger(RoleHost.class);

    private final AddressBook book;
    private final Front front;
    private final Grouping grouping;
    private final Map<String, Place> places = new LinkedHashMap<>();
    private final Map<String, RunningRole> running = new ConcurrentHashMap<>();

    /** A host that enters what it starts into this book, at the address where it is served. */
    public RoleHost(AddressBook book) {
        this(book, (name, served) -> served, Grouping.APART);
    }

    /**
     * A host with something in between.
     *
     * @param front what stands before each role, a relay or a balancer
     * @param grouping which roles call one another without that, as objects
     */
    public RoleHost(AddressBook book, Front front, Grouping grouping) {
        this.book = book;
        this.front = front;
        this.grouping = grouping;
    }

    /** Where peers find a role that is served at an address. */
    @FunctionalInterface
    public interface Front {
        URI of(String name, URI served) throws IOException;
    }

    /** Makes a role from its context: opens its database, starts its worker. */
    @FunctionalInterface
    public interface Factory {
        RunningRole start(RoleContext context, Peers peers) throws Exception;
    }

    /**
     * A role to be run; its name is its certificate's.
     *
     * @param port 0 has the system choose, once: a restart takes the same
     */
    public record Description(RoleContext context, int port, Factory factory) {
        String name() {
            return context.certificate().commonName();
        }
    }

    private static final class Place {
        private final Description description;
        private int port;
        private @Nullable RunningRole role;
        private @Nullable RoleServer server;

        Place(Description description) {
            this.description = description;
            this.port = description.port();
        }
    }

    /**
     * Starts a role.
     *
     * @return where it is served
     * @throws IllegalStateException if a role of this name runs already
     * @throws IOException if it cannot be started
     */
    public synchronized URI start(Description description) throws IOException {
        Place before = places.get(description.name());
        if (before != null && before.role != null) {
            throw new IllegalStateException(description.name() + " runs already");
        }
        Place place = new Place(description);
        places.put(description.name(), place);
        return start(place);
    }

    /** Starts a role again that was stopped. @throws IOException if it cannot be started */
    public synchronized URI startAgain(String name) throws IOException {
        Place place = place(name);
        if (place.role != null) {
            throw new IllegalStateException(name + " runs already");
        }
        return start(place);
    }

    private URI start(Place place) throws IOException {
        Description description = place.description;
        RoleContext context = description.context();
        RunningRole role = make(description, WiredPeers.of(context, book, housematesOf(description.name())));
        @Nullable RoleServer server = null;
        try {
            TlsIdentity identity = TlsIdentity.of(context.certificate(), context.key(), context.anchors());
            server = RoleServer.start(
                    identity,
                    HOST,
                    place.port,
                    new RoleServer.Content(description.name(), role.interfaces(), role.devices()));
            URI address = front.of(description.name(), server.uri());
            place.role = role;
            running.put(description.name(), role);
            place.server = server;
            place.port = server.port();
            book.put(description.name(), address);
            LOG.info("{} at {}", description.name(), address);
            return address;
        } catch (IOException | RuntimeException impossible) {
            if (server != null) {
                end(description.name(), server);
            }
            end(description.name(), role.role());
            throw impossible;
        }
    }

    private WiredPeers.Housemates housematesOf(String caller) {
        return new WiredPeers.Housemates() {
            @Override
            public <T> Optional<T> find(Class<T> type, String name) {
                return grouping.areTogether(caller, name)
                        ? Optional.of(Housemate.of(type, name, () -> running.get(name)))
                        : Optional.empty();
            }
        };
    }

    private static RunningRole make(Description description, Peers peers) throws IOException {
        try {
            return description.factory().start(description.context(), peers);
        } catch (RuntimeException | IOException impossible) {
            throw impossible;
        } catch (Exception impossible) {
            throw new IOException(description.name() + ": " + impossible, impossible);
        }
    }

    /** Stops a role: first nobody reaches it, then it ends its work. Its address stays in the book. */
    public synchronized void stop(String name) {
        Place place = place(name);
        RoleServer server = place.server;
        RunningRole role = place.role;
        place.server = null;
        place.role = null;
        running.remove(name);
        if (server != null) {
            end(name, server);
        }
        if (role != null) {
            end(name, role.role());
        }
    }

    /** Stops a role and starts it again. @throws IOException if it cannot be started */
    public synchronized void restart(String name) throws IOException {
        stop(name);
        startAgain(name);
    }

    /** The role of this name, while it runs. */
    public synchronized RunningRole running(String name) {
        RunningRole role = place(name).role;
        if (role == null) {
            throw new IllegalStateException(name + " does not run");
        }
        return role;
    }

    private Place place(String name) {
        Place place = places.get(name);
        if (place == null) {
            throw new IllegalArgumentException(name + " was never started here");
        }
        return place;
    }

    private static void end(String name, AutoCloseable part) {
        try {
            part.close();
        } catch (Exception unclear) {
            LOG.error("{} did not end cleanly", name, unclear);
        }
    }

    /** Stops all, the last one first. */
    @Override
    public synchronized void close() {
        List<String> names = new ArrayList<>(places.keySet());
        for (int i = names.size() - 1; i >= 0; i--) {
            stop(names.get(i));
        }
    }
}
