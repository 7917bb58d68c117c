// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.m2me.hal.TrustedEnvironment;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.ProvisioningReport;
import org.m2me.protocol.message.ResultCode;

/** What the agent does when a network or a role says no. */
final class AgentRefusedTest extends AgentFixture {
    @Test
    void triesAgainWithGrowingPausesWhileTheNetworkRefusesToAttach() throws Exception {
        agent.board.attachesThatFail = 3;

        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);

        assertThat(agent.pauses).hasSize(3);
        assertThat(agent.pauses.get(0)).isLessThanOrEqualTo(Duration.ofSeconds(2));
        assertThat(agent.pauses.get(1)).isLessThanOrEqualTo(Duration.ofSeconds(4));
        assertThat(agent.pauses.get(2)).isLessThanOrEqualTo(Duration.ofSeconds(8));
        assertThat(agent.states()).contains(State.BACKING_OFF);
    }

    @Test
    void givesUpInTheEndWhenSomebodyWaitsForTheResult() throws Exception {
        agent.board.attachesThatFail = Integer.MAX_VALUE;

        assertThat(agent.run(true)).isEqualTo(ExitCode.GAVE_UP);

        assertThat(agent.states().stream().filter(state -> state == State.BACKING_OFF))
                .hasSize(8);
        assertThat(agent.status().reason()).contains("network cause 15");
    }

    @Test
    void neverGivesUpOnANetworkThatMayComeBack() throws Exception {
        agent.board.attachesThatFail = 50;

        assertThat(agent.run(false)).isEqualTo(ExitCode.DONE);

        assertThat(agent.pauses).allSatisfy(pause -> assertThat(pause).isLessThanOrEqualTo(Duration.ofMinutes(1)));
    }

    @Test
    void staysQuietWhenItIsRefusedForGood() throws Exception {
        network.refuse(DeviceResource.EVIDENCE, ResultCode.COMPONENT_MISMATCH);
        agent.waiting = pause -> {
            agent.pauses.add(pause);
            if (agent.pauses.size() == 100) {
                throw new InterruptedException("stop");
            }
        };

        assertThat(agent.run(false)).isEqualTo(ExitCode.REFUSED);

        assertThat(network.asked)
                .containsExactly(
                        DeviceResource.REGISTER,
                        DeviceResource.MAIL,
                        DeviceResource.EVIDENCE,
                        DeviceResource.MAIL); // whether its owner wants something else
        assertThat(agent.status().state()).isEqualTo(State.REFUSED);
        assertThat(agent.status().lastRefusal()).contains(ResultCode.COMPONENT_MISMATCH);
        assertThat(agent.board.petted.get()).isGreaterThan(90);
    }

    @Test
    void takesTheEndOfTheProcedureFromItsMail() throws Exception {
        network.end(ResultCode.POLICY);

        assertThat(agent.run(true)).isEqualTo(ExitCode.REFUSED);

        assertThat(agent.status().lastRefusal()).contains(ResultCode.POLICY);
        assertThat(agent.<Optional<TrustedEnvironment.Subscription>>ask(TrustedEnvironment::active))
                .isEmpty();
    }

    @Test
    void registersAnewWhenSomebodyMayHaveChangedWhatItWasRefusedFor() throws Exception {
        network.refuse(DeviceResource.REGISTER, ResultCode.NO_OPERATOR, ResultCode.NONCE_USED);

        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);

        assertThat(agent.pauses).hasSize(2);
    }

    @Test
    void isRefusedForGoodWhenNobodyChangesAnything() throws Exception {
        ResultCode[] always = new ResultCode[50];
        java.util.Arrays.fill(always, ResultCode.NO_OPERATOR);
        network.refuse(DeviceResource.REGISTER, always);

        assertThat(agent.run(true)).isEqualTo(ExitCode.GAVE_UP);
        assertThat(network.asked).hasSize(9);
    }

    @Test
    void asksAgainWhenARoleIsBusy() throws Exception {
        network.refuse(DeviceResource.EVIDENCE, ResultCode.UNAVAILABLE, ResultCode.BUSY);

        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);

        assertThat(network.registrations).hasSize(1);
        assertThat(agent.pauses).hasSize(2);
    }

    @Test
    void reportsAMcimThatWasDamagedAndAsksForAnother() throws Exception {
        network.damage(mcim -> {
            byte[] damaged = mcim.clone();
            damaged[damaged.length / 2] ^= 1;
            return network.reports.isEmpty() ? damaged : mcim;
        });

        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);

        assertThat(network.reports)
                .extracting(ProvisioningReport::code)
                .containsExactly(ResultCode.MCIM_DAMAGED, ResultCode.OK);
        assertThat(network.registrations).extracting(r -> r.registration()).doesNotHaveDuplicates();
    }
}
