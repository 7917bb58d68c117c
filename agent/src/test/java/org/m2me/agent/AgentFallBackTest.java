// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.m2me.hal.TrustedEnvironment;
import org.m2me.hal.TrustedEnvironment.Subscription;
import org.m2me.protocol.message.OrderAnswer;
import org.m2me.protocol.message.ProvisioningReport;
import org.m2me.protocol.message.Register;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;

/** A device whose subscription does not work finds its way back, within the limits of the README. */
final class AgentFallBackTest extends AgentFixture {
    private final long[] now = {0};

    @BeforeEach
    void subscribe() throws Exception {
        agent.run(true);
        network.registrations.clear();
        network.reports.clear();
        agent.nanoTime = () -> now[0];
        agent.waiting = this::pass;
        agent.telemetryCount = 1;
    }

    private void pass(Duration pause) {
        agent.pauses.add(pause);
        now[0] += pause.toNanos();
    }

    private String operator() throws Exception {
        return agent.<Optional<Subscription>>ask(TrustedEnvironment::active)
                .map(Subscription::operator)
                .orElse("none");
    }

    private Duration waited() {
        return agent.pauses.stream().reduce(Duration.ZERO, Duration::plus);
    }

    @Test
    void goesBackToThePcidWhenItsNewSubscriptionNeverAuthenticatesAndIsProvisionedAnew() throws Exception {
        network.orders(world.order(1, Procedure.CHANGE, TestWorld.OTHER), TestWorld.OTHER);
        agent.board.closed.add(TestWorld.OTHER_APN);
        agent.waiting = pause -> {
            pass(pause);
            network.expected = TestWorld.OPERATOR; // where its owner sees it next
        };

        assertThat(agent.run(false)).isEqualTo(ExitCode.DONE);

        assertThat(waited()).isBetween(Duration.ofMinutes(30), Duration.ofMinutes(41));
        assertThat(agent.states()).contains(State.FALLING_BACK).doesNotContain(State.LOOKING);
        assertThat(network.reports)
                .extracting(ProvisioningReport::code)
                .containsExactly(ResultCode.OK, ResultCode.AUTHENTICATION_FAILED, ResultCode.OK);
        assertThat(network.reports.get(1).registration())
                .isEqualTo(network.reports.get(0).registration());
        assertThat(network.reports.get(1).storeGeneration())
                .isGreaterThan(network.reports.get(0).storeGeneration());
        OrderAnswer last = network.answers.get(network.answers.size() - 1);
        assertThat(last.code()).isEqualTo(ResultCode.AUTHENTICATION_FAILED);
        assertThat(last.ended()).isTrue();
        assertThat(operator()).isEqualTo("262-01");
        assertThat(agent.status().fallBack())
                .hasValueSatisfying(text -> assertThat(text).startsWith("from 208-15 to the PCID at "));
    }

    @Test
    void returnsByItselfFromASwitchThatDoesNotWork() throws Exception {
        network.orders(world.order(1, Procedure.ADD, TestWorld.OTHER), TestWorld.OTHER);
        assertThat(agent.run(false)).isEqualTo(ExitCode.DONE);
        network.orders(world.order(2, Procedure.SWITCH, TestWorld.OTHER), TestWorld.OTHER);
        agent.board.closed.add(TestWorld.OTHER_APN);
        network.reports.clear();
        agent.pauses.clear();

        assertThat(agent.run(false)).isEqualTo(ExitCode.DONE);

        assertThat(operator()).isEqualTo("262-01");
        assertThat(waited()).isBetween(Duration.ofMinutes(30), Duration.ofMinutes(41));
        assertThat(network.reports)
                .extracting(ProvisioningReport::code)
                .containsExactly(ResultCode.AUTHENTICATION_FAILED);
        assertThat(network.reports.get(0).registration())
                .isEqualTo(network.registrations.get(0).registration());
        assertThat(network.answers.get(network.answers.size() - 1).code()).isEqualTo(ResultCode.AUTHENTICATION_FAILED);
    }

    @Test
    void asksWithThePcidOnceADayWhenAnOperatorThatWorkedIsOutOfReachAndGoesOnWhenItIsBack() throws Exception {
        agent.board.closed.add(TestWorld.APN);
        agent.waiting = pause -> {
            pass(pause);
            if (waited().compareTo(Duration.ofHours(60)) > 0) {
                agent.board.closed.clear();
            }
        };

        assertThat(agent.run(false)).isEqualTo(ExitCode.DONE);

        assertThat(agent.states().stream().filter(state -> state == State.LOOKING))
                .hasSize(2);
        assertThat(agent.states()).doesNotContain(State.FALLING_BACK);
        assertThat(network.registrations).isEmpty();
        assertThat(operator()).isEqualTo("262-01");
        assertThat(agent.board.log).contains("open " + TestWorld.PCID_APN);
    }

    @Test
    void changesOperatorOverThePcidWhenItsOperatorIsGone() throws Exception {
        agent.board.closed.add(TestWorld.APN);
        network.unreachable.add(TestWorld.OPERATOR);
        network.orders(world.order(1, Procedure.CHANGE, TestWorld.OTHER), TestWorld.OTHER);

        assertThat(agent.run(false)).isEqualTo(ExitCode.DONE);

        assertThat(operator()).isEqualTo("208-15");
        assertThat(network.registrations).extracting(Register::procedure).containsExactly(Procedure.CHANGE);
        assertThat(network.registrations.get(0).pcid()).isPresent();
        assertThat(network.answers).extracting(OrderAnswer::ended).containsExactly(false, true);
        assertThat(agent.<List<?>>ask(TrustedEnvironment::owedReleases)).hasSize(1);
    }

    @Test
    void goesPristineAtOnceWhenThatWasOrderedAndItsOperatorIsGone() throws Exception {
        network.orders(world.order(1, Procedure.PRISTINE, TestWorld.OTHER), TestWorld.OTHER);
        agent.board.lights = signal -> {
            if (network.answers.size() == 1) {
                agent.board.closed.add(TestWorld.APN);
                throw new Killed();
            }
        };
        try {
            agent.run(false);
        } catch (Killed asPlanned) {
            agent.board.lights = signal -> {};
        }
        agent.pauses.clear();

        assertThat(agent.run(false)).isEqualTo(ExitCode.DONE);

        assertThat(operator()).isEqualTo("208-15");
        assertThat(waited()).isLessThan(Duration.ofMinutes(1));
    }

    @Test
    void forgetsAFailureThatWasOverInTime() throws Exception {
        agent.board.attachesThatFail = 20;

        assertThat(agent.run(false)).isEqualTo(ExitCode.DONE);

        assertThat(agent.states()).doesNotContain(State.FALLING_BACK, State.LOOKING);
    }
}
