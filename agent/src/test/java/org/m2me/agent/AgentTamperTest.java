// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.m2me.hal.TrustedEnvironment;
import org.m2me.protocol.evidence.MeasuredComponent;
import org.m2me.protocol.message.DeviceResource;

/** Somebody opens the case, or the Trusted Environment closes itself. */
final class AgentTamperTest extends AgentFixture {
    private List<String> measuredNames() {
        return network.evidence.get(0).components().stream()
                .map(MeasuredComponent::name)
                .toList();
    }

    @Test
    void showsInItsEvidenceAndItsStatusThatTheCaseWasOpenedBeforeItStarted() throws Exception {
        agent.board.openCase();

        agent.run(true);

        assertThat(measuredNames()).containsExactlyInAnyOrder("agent", "config", "case");
        assertThat(agent.status().caseOpened()).contains(world.clock.instant());
        assertThat(agent.events().stream().filter(line -> line.contains("\"event\":\"tamper\"")))
                .hasSize(1);
    }

    @Test
    void showsInItsEvidenceThatTheCaseWasOpenedJustNow() throws Exception {
        AtomicBoolean once = new AtomicBoolean();
        agent.board.lights = signal -> {
            if (network.asked.contains(DeviceResource.REGISTER) && !once.getAndSet(true)) {
                agent.board.openCase();
            }
        };

        agent.run(true);

        assertThat(measuredNames()).contains("case");
    }

    @Test
    void tellsAtOnceInItsStatusThatTheCaseWasOpenedWhileItWasAtWork() throws Exception {
        AtomicBoolean told = new AtomicBoolean();
        agent.waiting = pause -> {
            if (network.telemetry.size() == 1 && !told.get()) {
                assertThat(status().caseOpened()).isEmpty();
                agent.board.openCase();
                told.set(status().state() == State.OPERATIONAL
                        && status().caseOpened().isPresent());
            }
        };

        assertThat(agent.run(false)).isEqualTo(ExitCode.DONE);

        assertThat(told).isTrue();
        assertThat(measuredNames()).doesNotContain("case");
    }

    private AgentStatus status() {
        try {
            return agent.status();
        } catch (Exception unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }

    @Test
    void endsWithAFaultThatItsStatusTellsWhenTheTrustedEnvironmentClosesItself() throws Exception {
        agent.within = whole -> (TrustedEnvironment) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {TrustedEnvironment.class}, (self, method, arguments) -> {
                    if (!network.evidence.isEmpty() && !method.getName().equals("close")) {
                        throw new IllegalStateException("in doubt");
                    }
                    try {
                        return method.invoke(whole, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                });

        assertThat(agent.run(false)).isEqualTo(ExitCode.FAULT);

        assertThat(agent.status().state()).isEqualTo(State.FAULT);
        assertThat(agent.status().reason()).contains("in doubt");
        agent.within = whole -> whole;
        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);
    }
}
