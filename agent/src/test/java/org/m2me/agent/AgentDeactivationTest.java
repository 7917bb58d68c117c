// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.m2me.protocol.message.Activation;
import org.m2me.protocol.message.ActivationRequest;

/** Its owner withdraws what the device was told: it works with the gateway that it was made with again. */
final class AgentDeactivationTest extends FleetFixture {
    @BeforeEach
    void activate() throws Exception {
        activate(4, toBoth(MANAGER, Optional.empty()));
        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);
        assertThat(sequences(fleet)).containsExactly(1L);
        network.activationRequests.clear();
    }

    private Activation held() throws Exception {
        return Servers.decode(agent.ask(tre -> tre.activation().orElseThrow()));
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
        timePassesWhileItWaits();
        silentFor(Long.MAX_VALUE);
        network.activates(5, world.withdrawal(5));
        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);
        assertThat(sequences(network)).startsWith(2L).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void doesNotBelieveTheOlderActivationAgain() throws Exception {
        network.activates(5, world.withdrawal(5));
        agent.run(true);
        network.activates(Long.MAX_VALUE, world.activation(4, toApplication()));
        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);
        assertThat(events("activation-refused")).singleElement().asString().contains("NONCE_USED");
        assertThat(sequences(fleet)).containsExactly(1L);
        assertThat(sequences(network)).containsExactly(2L, 3L);
    }
}
