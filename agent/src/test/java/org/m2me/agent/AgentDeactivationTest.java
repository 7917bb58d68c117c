// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.m2me.protocol.message.Activation;
import org.m2me.protocol.message.Activation.Server;
import org.m2me.protocol.message.Activation.Terms;
import org.m2me.protocol.message.ActivationRequest;
import org.m2me.protocol.message.Telemetry;

/** Its owner withdraws what the device was told: it works with the gateway that it was made with again. */
final class AgentDeactivationTest extends AgentFixture {
    private TestNetwork fleet;
    private TestGateway application;
    private TestGateway management;

    /** With servers of its owner's for telemetry and management. */
    @BeforeEach
    void activate() throws Exception {
        fleet = new TestNetwork(world);
        application = new TestGateway(world, world.fleetServer("telemetry"), fleet);
        management = new TestGateway(world, world.fleetServer("manager"), network);
        Server manager = at(management.address(), "manager");
        Terms terms = new Terms(at(application.address(), "telemetry"), Optional.of(manager), Optional.empty());
        network.activates(4, world.activation(4, terms));
        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);
        assertThat(sequences(fleet)).containsExactly(1L);
        network.activationRequests.clear();
    }

    @AfterEach
    void close() {
        application.close();
        management.close();
    }

    private Server at(InetSocketAddress address, String name) {
        return new Server(address.getAddress().getHostAddress(), address.getPort(), world.fleetAssociation(name));
    }

    private static List<Long> sequences(TestNetwork taken) {
        return taken.telemetry.stream().map(Telemetry::sequence).toList();
    }

    private Activation held() throws Exception {
        return Servers.decode(agent.ask(tre -> tre.activation().orElseThrow()));
    }

    private List<String> events(String name) {
        return agent.events().stream()
                .filter(line -> line.contains("\"event\":\"" + name + "\""))
                .toList();
    }

    @Test
    void goesBackToTheGatewayForEverythingAndStaysThereAfterAStart() throws Exception {
        network.activates(5, world.withdrawal(5));
        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);
        assertThat(sequences(network)).containsExactly(2L);
        assertThat(held().number()).isEqualTo(5);
        assertThat(held().terms()).isEmpty();
        assertThat(network.activationRequests).containsExactly(new ActivationRequest(4), new ActivationRequest(5));
        assertThat(events("deactivated")).singleElement().asString().contains("\"number\":5");

        int managed = management.handshakes.get();
        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);
        assertThat(sequences(network)).containsExactly(2L, 3L);
        assertThat(management.handshakes).hasValue(managed);
        assertThat(sequences(fleet)).containsExactly(1L);
    }

    @Test
    void hearsOfItWithItsTelemetry() throws Exception {
        AtomicBoolean withdrawn = new AtomicBoolean();
        agent.waiting = pause -> {
            if (!withdrawn.getAndSet(true)) {
                network.activates(5, world.withdrawal(5));
                fleet.announces(); // the application server hears that of the subscriber
            }
        };
        agent.telemetryCount = 4;
        assertThat(agent.run(false)).isEqualTo(ExitCode.DONE);
        assertThat(sequences(fleet)).containsExactly(1L, 2L, 3L);
        assertThat(sequences(network)).containsExactly(4L, 5L);
    }

    @Test
    void hearsOfItWhileNoneOfItsServersIsThereAndLosesNothing() throws Exception {
        AtomicLong now = new AtomicLong(1);
        agent.nanoTime = now::get;
        agent.waiting = pause -> now.addAndGet(pause.toNanos());
        agent.toNamed = transport -> new Silent(transport, new AtomicLong(Long.MAX_VALUE));
        network.activates(5, world.withdrawal(5));
        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);
        assertThat(sequences(network)).startsWith(2L).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void doesNotBelieveTheOlderActivationAgain() throws Exception {
        network.activates(5, world.withdrawal(5));
        agent.run(true);
        Terms terms = new Terms(at(application.address(), "telemetry"), Optional.empty(), Optional.empty());
        network.activates(Long.MAX_VALUE, world.activation(4, terms));
        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);
        assertThat(events("activation-refused")).singleElement().asString().contains("NONCE_USED");
        assertThat(sequences(fleet)).containsExactly(1L);
        assertThat(sequences(network)).containsExactly(2L, 3L);
    }
}
