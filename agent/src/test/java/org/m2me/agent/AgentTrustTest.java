// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.m2me.hal.TrustedEnvironment;
import org.m2me.protocol.evidence.MeasuredComponent;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.ProvisioningReport;
import org.m2me.protocol.message.Register;
import org.m2me.protocol.message.ResultCode;

/** Somebody opens the case; or the Trusted Environment cannot write, or closes itself. */
final class AgentTrustTest extends AgentFixture {
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
    void registersAnewThoughItsDiskWasFullWhenItWantedToCloseWhatHadFailed() throws Exception {
        AtomicInteger closings = new AtomicInteger();
        network.damage(mcim -> network.reports.isEmpty() ? Arrays.copyOf(mcim, 100) : mcim);
        agent.within = whole -> intercepted(whole, name -> {
            if (name.equals("closeRegistration") && closings.incrementAndGet() == 1) {
                throw new IOException("No space left on device");
            }
        });

        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);

        assertThat(closings).hasPositiveValue();
        assertThat(network.reports)
                .extracting(ProvisioningReport::code)
                .containsExactly(ResultCode.MCIM_DAMAGED, ResultCode.OK);
        assertThat(network.registrations)
                .extracting(Register::registration)
                .hasSize(2)
                .doesNotHaveDuplicates();
    }

    @Test
    void registersAnewWhenTheNetworkHasForgottenItsRegistration() throws Exception {
        AtomicBoolean once = new AtomicBoolean();
        agent.board.lights = signal -> {
            if (network.asked.contains(DeviceResource.REGISTER) && !once.getAndSet(true)) {
                network.forget();
            }
        };

        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);

        assertThat(network.registrations)
                .extracting(Register::registration)
                .hasSize(2)
                .doesNotHaveDuplicates();
    }

    /** What happens before each call of a method of this name. */
    private interface Before {
        void call(String name) throws Exception;
    }

    private static TrustedEnvironment intercepted(TrustedEnvironment whole, Before before) {
        return (TrustedEnvironment) Proxy.newProxyInstance(
                AgentTrustTest.class.getClassLoader(),
                new Class<?>[] {TrustedEnvironment.class},
                (self, method, arguments) -> {
                    before.call(method.getName());
                    try {
                        return method.invoke(whole, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                });
    }

    @Test
    void endsWithAFaultThatItsStatusTellsWhenTheTrustedEnvironmentClosesItself() throws Exception {
        agent.within = whole -> intercepted(whole, name -> {
            if (!network.evidence.isEmpty() && !name.equals("close")) {
                throw new IllegalStateException("in doubt");
            }
        });

        assertThat(agent.run(false)).isEqualTo(ExitCode.FAULT);

        assertThat(agent.status().state()).isEqualTo(State.FAULT);
        assertThat(agent.status().reason()).contains("in doubt");
        agent.within = whole -> whole;
        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);
    }
}
