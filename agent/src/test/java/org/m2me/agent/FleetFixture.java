// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.m2me.protocol.message.Activation;
import org.m2me.protocol.message.Activation.Server;
import org.m2me.protocol.message.Activation.Terms;
import org.m2me.protocol.message.Telemetry;

/** As {@link AgentFixture}, with servers of the owner's, on loopback and with an authority of its own. */
abstract class FleetFixture extends AgentFixture {
    static final String TELEMETRY_SERVER = "telemetry";
    static final String MANAGER = "manager";

    /** What the application server has heard. */
    TestNetwork fleet;

    TestGateway application;
    TestGateway management;

    @BeforeEach
    void startFleet() throws Exception {
        fleet = new TestNetwork(world);
        application = new TestGateway(world, world.fleetServer(TELEMETRY_SERVER), fleet);
        management = new TestGateway(world, world.fleetServer(MANAGER), network);
    }

    @AfterEach
    void stopFleet() {
        application.close();
        management.close();
    }

    Server at(InetSocketAddress address, String name) {
        return new Server(address.getAddress().getHostAddress(), address.getPort(), world.fleetAssociation(name));
    }

    Terms toApplication() {
        return new Terms(at(application.address(), TELEMETRY_SERVER), Optional.empty(), Optional.empty());
    }

    Terms toBoth(String manager, Optional<Activation.Association> unknown) {
        return new Terms(
                at(application.address(), TELEMETRY_SERVER), Optional.of(at(management.address(), manager)), unknown);
    }

    void activate(long number, Terms terms) {
        network.activates(number, world.activation(number, terms));
    }

    static List<Long> sequences(TestNetwork taken) {
        return taken.telemetry.stream().map(Telemetry::sequence).toList();
    }

    List<String> events(String name) {
        return agent.events().stream()
                .filter(line -> line.contains("\"event\":\"" + name + "\""))
                .toList();
    }

    /** Time passes only while the agent waits. @return it */
    AtomicLong timePassesWhileItWaits() {
        AtomicLong now = new AtomicLong(1);
        agent.nanoTime = now::get;
        agent.waiting = pause -> now.addAndGet(pause.toNanos());
        return now;
    }

    /** The owner's servers are silent for so many exchanges. */
    void silentFor(long exchanges) {
        AtomicLong left = new AtomicLong(exchanges);
        agent.toNamed = transport -> new Cut(
                transport,
                resource -> {
                    if (left.getAndDecrement() > 0) {
                        throw new IOException("not heard");
                    }
                },
                false);
    }
}
