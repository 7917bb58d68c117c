// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.m2me.hal.Lights.Signal;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Register;
import org.m2me.protocol.message.ResultCode;

/** A device that was refused for good: quiet for long, and back when somebody has lifted that. */
final class AgentQuietTest extends AgentFixture {
    private static final Duration HALF_A_DAY = Duration.ofHours(12);
    private static final Duration ONE_AND_A_HALF_DAYS = Duration.ofHours(36);

    private Duration waited() {
        return agent.pauses.stream().reduce(Duration.ZERO, Duration::plus);
    }

    /** Somebody stops the agent once it is quiet. */
    private void stopWhenQuiet() {
        agent.waiting = pause -> {
            agent.pauses.add(pause);
            if (agent.states().contains(State.REFUSED)) {
                throw new InterruptedException("stop");
            }
        };
    }

    @Test
    void asksOnceMoreAfterAboutADayAndIsProvisionedWhenTheRefusalWasLifted() throws Exception {
        network.refuse(DeviceResource.EVIDENCE, ResultCode.COMPONENT_MISMATCH);
        List<State> before = new ArrayList<>();
        agent.waiting = pause -> {
            agent.pauses.add(pause);
            before.addAll(agent.states());
            if (waited().compareTo(ONE_AND_A_HALF_DAYS.multipliedBy(2)) > 0) {
                throw new InterruptedException("asks no more");
            }
        };

        assertThat(agent.run(false)).isEqualTo(ExitCode.DONE);

        assertThat(before).contains(State.REFUSED).endsWith(State.OPERATIONAL);
        assertThat(waited()).isBetween(HALF_A_DAY, ONE_AND_A_HALF_DAYS.plusMinutes(3));
        assertThat(agent.status().asksAgain()).isEmpty();
        assertThat(network.registrations)
                .extracting(Register::registration)
                .hasSize(2)
                .doesNotHaveDuplicates();
    }

    @Test
    void asksOnceOnlyEachTimeWhileTheRefusalStands() throws Exception {
        ResultCode[] always = new ResultCode[4];
        Arrays.fill(always, ResultCode.COMPONENT_MISMATCH);
        network.refuse(DeviceResource.EVIDENCE, always);

        assertThat(agent.run(false)).isEqualTo(ExitCode.DONE);

        assertThat(Collections.frequency(agent.states(), State.REFUSED)).isEqualTo(4);
        assertThat(Collections.frequency(agent.states(), State.BACKING_OFF)).isZero();
        assertThat(network.registrations).hasSize(5);
        assertThat(waited()).isBetween(HALF_A_DAY.multipliedBy(4), ONE_AND_A_HALF_DAYS.multipliedBy(4));
    }

    @Test
    void doesNotAskAtTheSameMomentAsOthersThatWereRefusedWithIt() throws Exception {
        ResultCode[] always = new ResultCode[5];
        Arrays.fill(always, ResultCode.COMPONENT_MISMATCH);
        network.refuse(DeviceResource.EVIDENCE, always);
        List<Duration> quiet = new ArrayList<>();
        agent.waiting = pause -> {
            agent.pauses.add(pause);
            AgentStatus status = status();
            status.asksAgain()
                    .map(at -> Duration.between(status.since(), at))
                    .filter(length -> !quiet.contains(length))
                    .ifPresent(quiet::add);
        };

        agent.run(false);

        assertThat(quiet)
                .hasSize(5)
                .allSatisfy(length -> assertThat(length).isBetween(HALF_A_DAY, ONE_AND_A_HALF_DAYS));
    }

    private AgentStatus status() {
        try {
            return agent.status();
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Test
    void tellsWhyItIsQuietAndUntilWhenAndShowsIt() throws Exception {
        network.refuse(DeviceResource.EVIDENCE, ResultCode.COMPONENT_MISMATCH);
        List<Signal> shown = new ArrayList<>();
        agent.board.lights = shown::add;
        stopWhenQuiet();

        assertThat(agent.run(false)).isEqualTo(ExitCode.REFUSED);

        AgentStatus status = agent.status();
        assertThat(status.state()).isEqualTo(State.REFUSED);
        assertThat(status.reason()).startsWith("COMPONENT_MISMATCH: ");
        assertThat(status.asksAgain().orElseThrow())
                .isBetween(status.since().plus(HALF_A_DAY), status.since().plus(ONE_AND_A_HALF_DAYS));
        assertThat(shown).endsWith(Signal.REFUSED);
    }

    @Test
    void asksAtOnceWhenItIsSwitchedOnAgain() throws Exception {
        network.refuse(DeviceResource.EVIDENCE, ResultCode.COMPONENT_MISMATCH);
        stopWhenQuiet();
        agent.run(false);
        agent.waiting = agent.pauses::add;
        agent.pauses.clear();

        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);

        assertThat(agent.pauses).isEmpty();
    }

    @Test
    void takesNoOutageForARefusal() throws Exception {
        ResultCode[] outage = new ResultCode[100];
        Arrays.fill(outage, ResultCode.UNAVAILABLE);
        network.refuse(DeviceResource.REGISTER, outage);

        assertThat(agent.run(false)).isEqualTo(ExitCode.DONE);

        assertThat(agent.states()).doesNotContain(State.REFUSED);
        assertThat(agent.pauses).allSatisfy(pause -> assertThat(pause).isLessThanOrEqualTo(Duration.ofMinutes(1)));
    }

    @Test
    void isQuietWhenNobodyChangesWhatItIsRefusedFor() throws Exception {
        ResultCode[] always = new ResultCode[11];
        Arrays.fill(always, ResultCode.NO_OPERATOR);
        network.refuse(DeviceResource.REGISTER, always);

        assertThat(agent.run(false)).isEqualTo(ExitCode.DONE);

        assertThat(Collections.frequency(agent.states(), State.BACKING_OFF)).isEqualTo(9);
        assertThat(Collections.frequency(agent.states(), State.REFUSED)).isEqualTo(2);
    }

    @Test
    void registersAnewAfterTheEndOfAProcedureWhateverItsCode() throws Exception {
        network.end(ResultCode.UNAVAILABLE);
        agent.waiting = pause -> {
            agent.pauses.add(pause);
            network.end();
        };

        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);

        List<Nonce> nonces =
                network.registrations.stream().map(Register::registration).toList();
        assertThat(nonces).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void startsOverInsteadOfTryingAStepForLongerThanItsLimit() throws Exception {
        network.refuse(DeviceResource.REGISTER, ResultCode.UNAVAILABLE, ResultCode.UNAVAILABLE, ResultCode.UNAVAILABLE);
        long[] now = {0};
        agent.nanoTime = () -> now[0];
        agent.waiting = pause -> {
            agent.pauses.add(pause);
            now[0] += Duration.ofSeconds(40).toNanos();
        };

        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);

        assertThat(Collections.frequency(agent.states(), State.BACKING_OFF)).isEqualTo(1);
        assertThat(Collections.frequency(network.asked, DeviceResource.REGISTER))
                .isEqualTo(4);
    }

    @Test
    void isNotConfusedByAClockThatJumps() throws Exception {
        agent.board.attachesThatFail = 2;
        agent.waiting = pause -> {
            agent.pauses.add(pause);
            world.clock.forward(Duration.ofDays(agent.pauses.size() % 2 == 0 ? 1 : -1));
        };

        assertThat(agent.run(false)).isEqualTo(ExitCode.DONE);

        assertThat(agent.events())
                .filteredOn(line -> line.contains("\"event\":\"exchange\""))
                .allSatisfy(line -> assertThat(line).doesNotContain("\"millis\":-"));
        assertThat(network.telemetry)
                .allSatisfy(message -> assertThat(
                                Optional.ofNullable(message.readings().get("uptime_s")))
                        .hasValueSatisfying(seconds -> assertThat(seconds).isBetween(0L, 60L)));
    }
}
