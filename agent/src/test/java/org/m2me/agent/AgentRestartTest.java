// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.m2me.hal.TrustedEnvironment;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.ProvisioningReport;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.message.Telemetry;

/** An agent that is killed goes on where it was. */
final class AgentRestartTest extends AgentFixture {
    @ParameterizedTest
    @EnumSource(
            value = State.class,
            names = {
                "MEASURING",
                "ATTACHING",
                "REGISTERING",
                "WAITING",
                "PROVING",
                "INSTALLING",
                "REPORTING",
                "REATTACHING",
                "OPERATIONAL"
            })
    void finishesAfterItWasKilledOnEnteringAState(State state) throws Exception {
        AtomicBoolean killed = new AtomicBoolean();
        agent.board.lights = signal -> {
            if (agent.states().size() > 0 && nextIs(state) && !killed.getAndSet(true)) {
                throw new Killed();
            }
        };
        assertThatThrownBy(() -> agent.run(true)).isInstanceOf(Killed.class);

        finishes();
    }

    private boolean nextIs(State state) {
        // Lights are the first to learn of a move; the status file still tells the one before.
        List<State> entered = agent.states();
        State last = entered.get(entered.size() - 1);
        return switch (state) {
            case MEASURING -> last == State.STARTING;
            case ATTACHING -> last == State.MEASURING;
            case REGISTERING -> last == State.ATTACHING;
            case WAITING -> last == State.REGISTERING;
            case PROVING -> last == State.WAITING;
            case INSTALLING -> last == State.WAITING && !network.evidence.isEmpty();
            case REPORTING -> last == State.INSTALLING;
            case REATTACHING -> last == State.REPORTING;
            default -> last == State.REATTACHING;
        };
    }

    @ParameterizedTest
    @CsvSource({
        "REGISTER, true",
        "REGISTER, false",
        "MAIL, true",
        "MAIL, false",
        "EVIDENCE, true",
        "EVIDENCE, false",
        "REPORT, true",
        "REPORT, false",
        "TELEMETRY, true",
        "TELEMETRY, false"
    })
    void finishesAfterItWasKilledAroundAnExchange(DeviceResource resource, boolean gatewayHeard) throws Exception {
        AtomicBoolean killed = new AtomicBoolean();
        agent.between = transport -> new Cut(
                transport,
                asked -> {
                    if (asked == resource && !killed.getAndSet(true)) {
                        throw new Killed();
                    }
                },
                gatewayHeard);
        assertThatThrownBy(() -> agent.run(true)).isInstanceOf(Killed.class);

        finishes();
    }

    private void finishes() throws Exception {
        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);
        assertThat(network.reports).extracting(ProvisioningReport::code).containsExactly(ResultCode.OK);
        assertThat(network.registrations)
                .extracting(r -> r.registration())
                .containsOnly(network.registrations.get(0).registration());
        assertThat(network.telemetry).isNotEmpty();
        assertThat(agent.<Optional<byte[]>>ask(TrustedEnvironment::owedReport)).isEmpty();
        assertThat(agent.status().state()).isEqualTo(State.STOPPED);
    }

    @Test
    void goesOnWithItsSubscriptionWhenStartedAgain() throws Exception {
        agent.run(true);
        network.asked.clear();

        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);

        assertThat(network.asked).containsExactly(DeviceResource.TELEMETRY);
        assertThat(network.telemetry).extracting(Telemetry::sequence).containsExactly(1L, 2L);
        assertThat(agent.board.log).endsWith("insert", "open " + TestWorld.APN, "remove");
    }
}
