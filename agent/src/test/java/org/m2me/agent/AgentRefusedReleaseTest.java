// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.m2me.hal.TrustedEnvironment;
import org.m2me.hal.TrustedEnvironment.Subscription;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;

/** The device leaves an operator that will not hear of it: it refuses the release, or detaches the device at once. */
final class AgentRefusedReleaseTest extends AgentFixture {
    /** At work with the first operator's subscription, and ordered to leave it. */
    private void subscribeAndOrder(Procedure procedure) throws Exception {
        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);
        network.asked.clear();
        network.registrations.clear();
        network.orders(world.order(1, procedure, TestWorld.OTHER), TestWorld.OTHER);
    }

    private void assertServedByTheOtherAndToldTheOwner() throws Exception {
        assertThat(agent.<Optional<Subscription>>ask(TrustedEnvironment::active))
                .contains(new Subscription(TestWorld.OTHER_IMSI, TestWorld.OTHER_APN, "208-15", true));
        assertThat(agent.<Optional<?>>ask(TrustedEnvironment::change)).isEmpty();
        assertThat(agent.<Optional<byte[]>>ask(TrustedEnvironment::owedReport)).isEmpty();
        assertThat(agent.<Optional<byte[]>>ask(TrustedEnvironment::owedAnswer)).isEmpty();
        assertThat(network.answers.get(network.answers.size() - 1).code()).isEqualTo(ResultCode.OK);
        assertThat(network.answers.get(network.answers.size() - 1).ended()).isTrue();
    }

    private int releasesOwed() throws Exception {
        return agent.<List<?>>ask(TrustedEnvironment::owedReleases).size();
    }

    private long releasesAsked() {
        return network.asked.stream()
                .filter(resource -> resource == DeviceResource.RELEASE)
                .count();
    }

    @ParameterizedTest
    @CsvSource({"CHANGE,FORBIDDEN", "CHANGE,NOT_FOUND", "PRISTINE,FORBIDDEN", "PRISTINE,NOT_FOUND"})
    void goesToTheNewOperatorThoughTheOldOneRefusesItsRelease(Procedure procedure, ResultCode code) throws Exception {
        subscribeAndOrder(procedure);
        network.refusing.put(TestWorld.OPERATOR, code);

        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);

        assertServedByTheOtherAndToldTheOwner();
        assertThat(network.relays).isEmpty();
        assertThat(releasesAsked()).as("once over each bearer").isBetween(2L, 3L);
        assertThat(agent.pauses).as("no patience for a refusal for good").isEmpty();
        assertThat(releasesOwed()).isEqualTo(1);

        network.refusing.clear();
        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);
        assertThat(network.releases).hasSize(1);
        assertThat(network.relays).hasSize(procedure == Procedure.CHANGE ? 1 : 0);
        assertThat(releasesOwed()).isZero();
    }

    @Test
    void asksAnOperatorThatRefusesOnThirtyDaysAndNoMore() throws Exception {
        subscribeAndOrder(Procedure.CHANGE);
        network.refusing.put(TestWorld.OPERATOR, ResultCode.FORBIDDEN);
        for (int day = 1; day <= ReleaseDays.DAYS_MAX; day++) {
            assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);
            assertThat(releasesOwed()).as("day " + day).isEqualTo(1);
            world.clock.forward(Duration.ofDays(1));
        }
        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);
        assertThat(releasesOwed()).isZero();
        assertThat(agent.events()).anyMatch(line -> line.contains("release-given-up"));

        network.asked.clear();
        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);
        assertThat(releasesAsked()).isZero();
        assertServedByTheOtherAndToldTheOwner();
    }

    private void runThoughTheOldNetworkDetachesIt() throws Exception {
        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);
        assertServedByTheOtherAndToldTheOwner();
        assertThat(agent.states()).as("in one attempt").containsOnlyOnce(State.CHANGING);
    }

    @ParameterizedTest
    @CsvSource({"CHANGE", "PRISTINE"})
    void goesToTheNewOperatorThoughTheOldNetworkDetachesItWithTheDiscard(Procedure procedure) throws Exception {
        subscribeAndOrder(procedure);
        agent.within = whole -> (TrustedEnvironment) Proxy.newProxyInstance(
                TrustedEnvironment.class.getClassLoader(),
                new Class<?>[] {TrustedEnvironment.class},
                (self, method, arguments) -> {
                    if (method.getName().equals("discard")) {
                        agent.board.loseBearer();
                    }
                    try {
                        return method.invoke(whole, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause() == null ? thrown : thrown.getCause();
                    }
                });
        runThoughTheOldNetworkDetachesIt();
        assertThat(agent.states()).doesNotContain(State.RELEASING);
        assertThat(network.releases).as("over another bearer").hasSize(1);
        assertThat(releasesOwed()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"CHANGE,false", "CHANGE,true", "PRISTINE,false", "PRISTINE,true"})
    void goesToTheNewOperatorThoughTheOldNetworkDetachesItWithTheRelease(Procedure procedure, boolean replyLost)
            throws Exception {
        subscribeAndOrder(procedure);
        AtomicBoolean detached = new AtomicBoolean();
        agent.between = whole -> new Cut(
                whole,
                resource -> {
                    if (resource == DeviceResource.RELEASE && !detached.getAndSet(true)) {
                        agent.board.loseBearer();
                        throw new IOException("detached");
                    }
                },
                replyLost);
        runThoughTheOldNetworkDetachesIt();
        assertThat(network.releases).hasSize(replyLost ? 2 : 1).containsOnly(network.releases.get(0));
        assertThat(releasesOwed()).isZero();
    }
}
