// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.m2me.hal.TrustedEnvironment;
import org.m2me.hal.TrustedEnvironment.Subscription;
import org.m2me.protocol.message.OrderAnswer;
import org.m2me.protocol.message.ProvisioningReport;
import org.m2me.protocol.message.Register;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;

/** An agent that is killed in the middle of what its owner ordered goes on where it was. */
@Tag("long")
final class AgentChangeRestartTest extends AgentFixture {
    /** How many states it enters, and how many exchanges it has, from its start to its end. */
    private static final Map<Procedure, Integer> STATES =
            Map.of(Procedure.CHANGE, 14, Procedure.PRISTINE, 15, Procedure.ADD, 11, Procedure.SWITCH, 9);

    private static final Map<Procedure, Integer> EXCHANGES =
            Map.of(Procedure.CHANGE, 13, Procedure.PRISTINE, 12, Procedure.ADD, 9, Procedure.SWITCH, 9);

    private Procedure procedure = Procedure.CHANGE;
    private String expected = "";

    private void prepare(Procedure ordered) throws Exception {
        procedure = ordered;
        agent.run(true);
        if (ordered == Procedure.SWITCH) {
            network.orders(world.order(1, Procedure.ADD, TestWorld.OTHER), TestWorld.OTHER);
            agent.run(true);
        }
        expected = ordered == Procedure.ADD ? "262-01" : "208-15";
        network.answers.clear();
        network.registrations.clear();
        network.orders(world.order(2, ordered, TestWorld.OTHER), TestWorld.OTHER);
    }

    @ParameterizedTest
    @EnumSource(
            value = Procedure.class,
            names = {"CHANGE", "PRISTINE", "ADD", "SWITCH"})
    void entersSoManyStatesAndHasSoManyExchangesWhenNobodyKillsIt(Procedure ordered) throws Exception {
        prepare(ordered);
        AtomicInteger entered = new AtomicInteger();
        AtomicInteger asked = new AtomicInteger();
        agent.board.lights = signal -> entered.incrementAndGet();
        agent.between = transport -> new Cut(transport, resource -> asked.incrementAndGet(), false);

        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);

        assertThat(entered).hasValue(STATES.getOrDefault(ordered, 0));
        assertThat(asked).hasValue(EXCHANGES.getOrDefault(ordered, 0));
    }

    static Stream<Arguments> states() {
        return Stream.of(Procedure.CHANGE, Procedure.PRISTINE, Procedure.ADD, Procedure.SWITCH)
                .flatMap(ordered -> IntStream.rangeClosed(1, STATES.getOrDefault(ordered, 0))
                        .mapToObj(number -> Arguments.of(ordered, number)));
    }

    @ParameterizedTest
    @MethodSource("states")
    void finishesAfterItWasKilledOnEnteringItsNthState(Procedure ordered, int number) throws Exception {
        prepare(ordered);
        AtomicInteger entered = new AtomicInteger();
        agent.board.lights = signal -> {
            if (entered.incrementAndGet() == number) {
                throw new Killed();
            }
        };
        finishesOnceKilled();
    }

    static Stream<Arguments> exchanges() {
        return Stream.of(Procedure.CHANGE, Procedure.PRISTINE, Procedure.ADD, Procedure.SWITCH)
                .flatMap(ordered -> IntStream.rangeClosed(1, EXCHANGES.getOrDefault(ordered, 0))
                        .boxed()
                        .flatMap(number ->
                                Stream.of(Arguments.of(ordered, number, true), Arguments.of(ordered, number, false))));
    }

    @ParameterizedTest
    @MethodSource("exchanges")
    void finishesAfterItWasKilledAroundItsNthExchange(Procedure ordered, int number, boolean gatewayHeard)
            throws Exception {
        prepare(ordered);
        AtomicInteger asked = new AtomicInteger();
        agent.between = transport -> new Cut(
                transport,
                resource -> {
                    if (asked.incrementAndGet() == number) {
                        throw new Killed();
                    }
                },
                gatewayHeard);
        finishesOnceKilled();
    }

    private void assertIsSound() throws Exception {
        Optional<Subscription> active = agent.ask(TrustedEnvironment::active);
        boolean discarded = agent.<Optional<TrustedEnvironment.Change>>ask(TrustedEnvironment::change)
                .filter(change -> change.stage() == TrustedEnvironment.Stage.DISCARDED)
                .isPresent();
        assertThat(active.isEmpty()).isEqualTo(discarded);
    }

    private void finishesOnceKilled() throws Exception {
        assertThatThrownBy(() -> agent.run(true)).isInstanceOf(Killed.class);
        agent.board.lights = signal -> {};
        agent.between = UnaryOperator.identity();
        assertIsSound();
        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);
        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE); // whatever was owed still is delivered by now

        assertThat(agent.<Optional<Subscription>>ask(TrustedEnvironment::active).map(Subscription::operator))
                .contains(expected);
        assertThat(agent.<Optional<byte[]>>ask(TrustedEnvironment::owedReport)).isEmpty();
        assertThat(agent.<Optional<byte[]>>ask(TrustedEnvironment::owedAnswer)).isEmpty();
        assertThat(agent.<List<?>>ask(TrustedEnvironment::owedReleases)).isEmpty();
        assertThat(agent.<Optional<?>>ask(TrustedEnvironment::change)).isEmpty();
        assertThat(network.answers).extracting(OrderAnswer::code).containsOnly(ResultCode.OK);
        assertThat(network.answers.get(network.answers.size() - 1).ended()).isTrue();
        assertThat(network.reports).extracting(ProvisioningReport::code).containsOnly(ResultCode.OK);
        boolean discards = procedure == Procedure.CHANGE || procedure == Procedure.PRISTINE;
        assertThat(network.releases.stream().distinct()).hasSize(discards ? 1 : 0);
        assertThat(network.registrations.stream().map(Register::registration).distinct())
                .hasSize(procedure == Procedure.SWITCH ? 0 : 1);
    }
}
