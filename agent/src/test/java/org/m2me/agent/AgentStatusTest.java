// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.m2me.protocol.message.Activation.Server;
import org.m2me.protocol.message.Activation.Terms;

/** What another process reads of an agent while it works. */
final class AgentStatusTest extends AgentFixture {
    private TestNetwork fleet;
    private TestGateway application;
    private TestGateway management;
    private final AtomicLong now = new AtomicLong(1);
    private final List<AgentStatus> seen = new ArrayList<>();

    @BeforeEach
    void look() throws Exception {
        fleet = new TestNetwork(world);
        application = new TestGateway(world, world.fleetServer("telemetry"), fleet);
        management = new TestGateway(world, world.fleetServer("manager"), network);
        agent.nanoTime = now::get;
        agent.waiting = pause -> {
            now.addAndGet(pause.toNanos());
            seen.add(status());
        };
    }

    @AfterEach
    void close() {
        application.close();
        management.close();
    }

    private AgentStatus status() {
        try {
            return agent.status();
        } catch (Exception unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }

    private Server at(InetSocketAddress address, String name) {
        return new Server(address.getAddress().getHostAddress(), address.getPort(), world.fleetAssociation(name));
    }

    private void name(boolean manager) {
        Optional<Server> named = manager ? Optional.of(at(management.address(), "manager")) : Optional.empty();
        Terms terms = new Terms(at(application.address(), "telemetry"), named, Optional.empty());
        network.activates(1, world.activation(1, terms));
    }

    private NamedServer telemetry(boolean inUse, Optional<Instant> silentSince) {
        return new NamedServer(at(application.address(), "telemetry").toString(), inUse, silentSince);
    }

    private NamedServer manager(boolean inUse, Optional<Instant> silentSince) {
        return new NamedServer(at(management.address(), "manager").toString(), inUse, silentSince);
    }

    @Test
    void tellsTheBytesOnTheAirRightAfterARestartThoughItsStateStaysTheSame() throws Exception {
        agent.run(true);
        seen.clear();
        agent.telemetryCount = 2;

        agent.run(false);

        AgentStatus first = seen.get(0);
        assertThat(first.state()).isEqualTo(State.OPERATIONAL);
        assertThat(first.bootCount()).isEqualTo(2);
        assertThat(first.traffic().handshakes()).isEqualTo(1);
        assertThat(first.traffic().bytesUp()).isGreaterThan(500);
        assertThat(first.traffic().bytesDown()).isGreaterThan(500);
        long more = status().traffic().bytesUp() - first.traffic().bytesUp();
        assertThat(more).as("one telemetry message").isBetween(50L, 500L);
    }

    @Test
    void tellsThatNobodyIsNamed() throws Exception {
        agent.run(true);
        assertThat(status().application()).isEmpty();
        assertThat(status().management()).isEmpty();
    }

    @Test
    void tellsTheNamedServersAlsoAfterARestartAndNotWhenTheyAreWithdrawn() throws Exception {
        name(true);
        agent.run(true);
        agent.telemetryCount = 2;
        seen.clear();
        agent.run(false);
        assertThat(seen.get(0).application()).contains(telemetry(true, Optional.empty()));
        assertThat(seen.get(0).management()).contains(manager(true, Optional.empty()));

        network.activates(2, world.withdrawal(2));
        agent.run(true);
        assertThat(status().application()).isEmpty();
        assertThat(status().management()).isEmpty();
    }

    @Test
    void tellsSinceWhenTheApplicationServerIsOutOfReachUntilItAnswers() throws Exception {
        name(false);
        agent.run(true);
        AtomicLong left = new AtomicLong(5);
        agent.toNamed = transport -> new Silent(transport, left);
        seen.clear();
        Instant then = world.clock.instant();
        agent.run(true);
        assertThat(seen.get(0).application()).contains(telemetry(true, Optional.of(then)));
        assertThat(seen.get(0).management()).isEmpty();
        assertThat(status().application().orElseThrow().silentSince()).isEmpty();
    }

    @Test
    void tellsThatTheGatewayStandsInForTheManagementServer() throws Exception {
        name(true);
        agent.run(true);
        agent.toNamed = transport -> new Silent(transport, new AtomicLong(Long.MAX_VALUE));
        Instant then = world.clock.instant();
        agent.telemetryCount = 1;
        seen.clear();
        agent.waiting = pause -> {
            now.addAndGet(pause.toNanos());
            seen.add(status());
            if (seen.size() > 40) {
                throw new InterruptedException("enough");
            }
        };
        agent.run(false);
        assertThat(seen)
                .anySatisfy(status -> assertThat(status.management()).contains(manager(true, Optional.of(then))));
        assertThat(seen)
                .anySatisfy(status -> assertThat(status.management()).contains(manager(false, Optional.of(then))));
    }
}
