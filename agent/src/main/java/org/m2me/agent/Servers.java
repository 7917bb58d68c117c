// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.m2me.agent.AgentConfiguration.GatewayAddress;
import org.m2me.agent.transport.Answer;
import org.m2me.agent.transport.DeviceTransport;
import org.m2me.agent.transport.Traffic;
import org.m2me.agent.transport.Trust;
import org.m2me.hal.Bearer;
import org.m2me.hal.TrustedEnvironment;
import org.m2me.hal.TrustedEnvironment.Activated;
import org.m2me.hal.TrustedEnvironment.Subscription;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.message.Activation;
import org.m2me.protocol.message.Activation.Association;
import org.m2me.protocol.message.Activation.Server;
import org.m2me.protocol.message.DeviceResource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The servers that the device talks to: the gateway that it was made with, and over the bearer of a subscription those that
 * its owner has named by application activation.
 */
final class Servers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Servers.class);
    /** A restart of the management server is outlived; for longer the device must not be out of its owner's reach. */
    static final Duration UNREACHABLE_LIMIT = Duration.ofMinutes(1);
    /** Each time that it is tried again costs a handshake. */
    static final Duration REST = Duration.ofHours(1);

    private final AgentParts parts;
    private final TrustedEnvironment tre;
    private final Supplier<Optional<Bearer>> operational;
    private final List<Named> named = new ArrayList<>();
    private volatile Optional<Named> application = Optional.empty();
    private volatile Optional<Named> management = Optional.empty();
    private Traffic closed = Traffic.NONE;
    private OptionalLong failingSince = OptionalLong.empty();
    private volatile OptionalLong restsSince = OptionalLong.empty();
    private volatile Optional<String> restsWith = Optional.empty();

    /** Which of them. */
    enum Place {
        /** The gateway that the device was made with: whatever else fails, it is asked. */
        GATEWAY,
        /** The server that manages subscriptions, if the owner has named one. */
        MANAGEMENT,
        /** The M2M application server, if the owner has named one. */
        APPLICATION
    }

    /** @param operational the bearer over which more than the gateway can be reached, if there is one */
    Servers(AgentParts parts, Supplier<Optional<Bearer>> operational) {
        this.parts = parts;
        this.tre = parts.tre();
        this.operational = operational;
        activated();
    }

    /** The owner has named others, or has before the start. */
    void activated() {
        Optional<Activated> told = tre.activation();
        if (told.isEmpty()) {
            return;
        }
        retire(); // also when the owner has withdrawn it: then everything goes to the gateway again
        decode(told.get()).terms().ifPresent(terms -> name(terms, told.get()));
        failingSince = OptionalLong.empty();
        restsSince = OptionalLong.empty();
    }

    private void name(Activation.Terms terms, Activated told) {
        application = Optional.of(name(
                terms.application(), () -> List.of(trust(terms.application().association()))));
        management = terms.management()
                .filter(server -> terms.unknownManagement().isPresent() || !isGateway(server))
                .map(server -> name(server, () -> managers(server, terms, told)));
    }

    static Activation decode(Activated told) {
        try {
            return Activation.decode(told.claims());
        } catch (CborException impossible) {
            throw new IllegalStateException("the Trusted Environment keeps no activation", impossible);
        }
    }

    private synchronized Named name(Server server, Supplier<List<Trust>> trusted) {
        Named made = new Named(server, parts.transports().to(trusted), parts.clock());
        named.add(made);
        return made;
    }

    /** Then the connection to it is there already. */
    private boolean isGateway(Server server) {
        GatewayAddress gateway = parts.configuration().gateway();
        byte[] anchor = server.association().anchor().der();
        return gateway.host().equals(server.host())
                && gateway.port() == server.port()
                && server.association().name().equals(Trust.GATEWAY)
                && tre.anchors().stream().anyMatch(one -> Arrays.equals(one, anchor));
    }

    private static Trust trust(Association association) {
        return new Trust(List.of(association.anchor()), association.name());
    }

    /**
     * The one that was named; and by the owner's rule another one, once the subscription is of another operator than when
     * the rule came: only the owner's order brings that about.
     */
    private List<Trust> managers(Server server, Activation.Terms terms, Activated told) {
        List<Trust> believed = new ArrayList<>(List.of(trust(server.association())));
        if (operator().isPresent() && !operator().equals(told.operator())) {
            terms.unknownManagement().map(Servers::trust).ifPresent(believed::add);
        }
        return believed;
    }

    /** Who is asked now. */
    Place place(DeviceResource resource) {
        if (operational.get().isEmpty()) {
            return Place.GATEWAY; // in the walled garden of a PCID there is nobody else
        }
        if (resource == DeviceResource.TELEMETRY && application.isPresent()) {
            return Place.APPLICATION;
        }
        return management.isPresent() && !rests() ? Place.MANAGEMENT : Place.GATEWAY;
    }

    /** Whether the management server was out of reach just now, and with the same operator. */
    private boolean rests() {
        OptionalLong since = restsSince; // once: other threads ask, too
        return since.isPresent() && since(since.getAsLong()).compareTo(REST) < 0 && restsWith.equals(operator());
    }

    private Optional<String> operator() {
        return tre.active().map(Subscription::operator);
    }

    private Duration since(long nanos) {
        return Duration.ofNanos(parts.nanoTime().getAsLong() - nanos);
    }

    /** How it is with a server that the owner has named; empty if none is. */
    Optional<NamedServer> told(Place which) {
        Optional<Named> one = which == Place.APPLICATION ? application : management;
        DeviceResource its = which == Place.APPLICATION ? DeviceResource.TELEMETRY : DeviceResource.MAIL;
        return one.map(it -> new NamedServer(it.server.toString(), place(its) == which, it.silentSince));
    }

    /** As {@link DeviceTransport#exchange}. */
    Answer exchange(DeviceResource resource, byte[] body, Duration limit) throws IOException, InterruptedException {
        Optional<Bearer> bearer = operational.get();
        Place place = place(resource);
        if (place == Place.GATEWAY || bearer.isEmpty()) {
            return parts.transport().exchange(resource, body, limit);
        }
        Named server = (place == Place.APPLICATION ? application : management).orElseThrow();
        if (place == Place.APPLICATION) {
            return server.exchange(bearer.get(), resource, body, limit);
        }
        try {
            Answer answer = server.exchange(bearer.get(), resource, body, limit);
            failingSince = OptionalLong.empty();
            return answer;
        } catch (IOException silent) {
            failed(server, silent);
            throw silent;
        }
    }

    private void failed(Named server, IOException why) {
        long now = parts.nanoTime().getAsLong();
        if (failingSince.isEmpty()) {
            failingSince = OptionalLong.of(now);
        }
        if (since(failingSince.getAsLong()).compareTo(UNREACHABLE_LIMIT) >= 0) {
            LOG.warn("management server {}: {}; the gateway is asked for {}", server.server, why.getMessage(), REST);
            parts.events().say("management-unreachable", "server", server.server.toString(), "detail", why.toString());
            failingSince = OptionalLong.empty();
            restsWith = operator();
            restsSince = OptionalLong.of(now);
        }
    }

    /** What went to all of them, since the start. */
    synchronized Traffic traffic() {
        Traffic sum = closed.plus(parts.transport().traffic());
        for (Named one : named) {
            sum = sum.plus(one.transport.traffic());
        }
        return sum;
    }

    private synchronized void retire() {
        application = Optional.empty();
        management = Optional.empty();
        for (Named one : named) {
            closed = closed.plus(one.transport.traffic());
            one.transport.close();
        }
        named.clear();
    }

    /** Closes the ways to those that the owner has named. */
    @Override
    public void close() {
        retire();
    }

    /** One that the owner has named. */
    private static final class Named {
        private final Server server;
        private final DeviceTransport transport;
        private final Clock clock;
        private @Nullable Bearer over;
        private volatile Optional<Instant> silentSince = Optional.empty();

        private Named(Server server, DeviceTransport transport, Clock clock) {
            this.server = server;
            this.transport = transport;
            this.clock = clock;
        }

        private Answer exchange(Bearer bearer, DeviceResource resource, byte[] body, Duration limit)
                throws IOException, InterruptedException {
            try {
                if (over != bearer) {
                    transport.connect(bearer, new InetSocketAddress(server.host(), server.port()));
                    over = bearer;
                }
                Answer answer = transport.exchange(resource, body, limit);
                silentSince = Optional.empty();
                return answer;
            } catch (IOException silent) {
                over = null; // it may have moved: its name is looked up again
                if (silentSince.isEmpty()) {
                    silentSince = Optional.of(clock.instant());
                }
                throw silent;
            }
        }
    }
}
