// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.m2me.hal.TrustedEnvironment;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.ProvisioningReport;
import org.m2me.protocol.message.Register;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;

/** The agent asks for a new PCID near the end of the old one, and stays at work whatever becomes of it. */
final class AgentRenewalTest extends AgentFixture {
    private static final Duration UNTIL_DUE = TestWorld.PCID_LIFE.minus(Duration.ofDays(30));

    @BeforeEach
    void subscribe() throws Exception {
        agent.run(true);
        network.reports.clear();
        network.telemetry.clear();
    }

    private void assertAtWork() {
        assertThat(network.telemetry).hasSize(3);
        assertThat(agent.states()).last().isEqualTo(State.STOPPED);
    }

    private String pcid() throws Exception {
        return agent.ask(TrustedEnvironment::pcid);
    }

    @Test
    void asksNearTheEndAndHasTheNewOneFromThenOn() throws Exception {
        world.clock.forward(UNTIL_DUE.plusHours(1));
        assertThat(agent.run(false)).isEqualTo(ExitCode.DONE);
        assertThat(network.renewals).extracting(Register::pcid).containsExactly(Optional.of(Pcid.of(TestWorld.PCID)));
        assertThat(pcid()).isEqualTo(TestWorld.NEXT_PCID);
        assertThat(agent.ask(TrustedEnvironment::pcidExpires).orElseThrow())
                .isEqualTo(world.clock.instant().plus(TestWorld.PCID_LIFE));
        assertThat(network.reports).extracting(ProvisioningReport::code).containsExactly(ResultCode.OK);
        assertThat(network.reports.get(0).registration())
                .isEqualTo(network.renewals.get(0).registration());
        assertThat(agent.events()).anyMatch(line -> line.contains("\"event\":\"pcid-renewed\""));
        assertAtWork();
    }

    @Test
    void doesNotAskBefore() throws Exception {
        world.clock.forward(UNTIL_DUE.minusHours(1));
        assertThat(agent.run(false)).isEqualTo(ExitCode.DONE);
        assertThat(network.renewals).isEmpty();
        assertAtWork();
    }

    @Test
    void doesNotAskOnAccessThatNeedsNoPcid() throws Exception {
        world.clock.forward(UNTIL_DUE.plusHours(1));
        agent.access = "n3g";
        assertThat(agent.run(false)).isEqualTo(ExitCode.DONE);
        assertThat(network.renewals).isEmpty();
    }

    @Test
    void asksAboutOnceADayAcrossStartsWhenItIsRefused() throws Exception {
        world.clock.forward(UNTIL_DUE.plusHours(1));
        network.refuse(DeviceResource.REGISTER, ResultCode.FORBIDDEN);
        agent.run(false);
        agent.run(false);
        assertThat(network.asked.stream().filter(DeviceResource.REGISTER::equals))
                .hasSize(2); // and the first of all
        assertThat(pcid()).isEqualTo(TestWorld.PCID);
        world.clock.forward(Duration.ofHours(37)); // one and a half of a day, and an hour
        agent.run(false);
        assertThat(pcid()).isEqualTo(TestWorld.NEXT_PCID);
    }

    @Test
    void asksAgainWithTheSameNonceWhenNothingCame() throws Exception {
        world.clock.forward(UNTIL_DUE.plusHours(1));
        network.supplierIsSilent(true);
        agent.run(false);
        assertAtWork();
        network.supplierIsSilent(false);
        world.clock.forward(Duration.ofHours(37));
        agent.run(false);
        assertThat(network.renewals)
                .hasSize(2)
                .extracting(Register::registration)
                .containsOnly(network.renewals.get(0).registration());
        assertThat(pcid()).isEqualTo(TestWorld.NEXT_PCID);
    }

    @Test
    void isRefusedThroughItsMailboxAndStaysAtWork() throws Exception {
        world.clock.forward(UNTIL_DUE.plusHours(1));
        network.end(ResultCode.CREDENTIAL_REVOKED);
        assertThat(agent.run(false)).isEqualTo(ExitCode.DONE);
        assertThat(agent.events()).anyMatch(line -> line.contains("pcid-renewal-failed") && line.contains("REVOKED"));
        assertThat(pcid()).isEqualTo(TestWorld.PCID);
        assertAtWork();
    }

    @Test
    void isNotHeldUpByAReportThatNobodyTakes() throws Exception {
        world.clock.forward(UNTIL_DUE.plusHours(1));
        network.refuse(
                DeviceResource.REPORT,
                Collections.nCopies(5, ResultCode.UNAVAILABLE).toArray(ResultCode[]::new));
        assertThat(agent.run(false)).isEqualTo(ExitCode.DONE);
        assertThat(pcid()).isEqualTo(TestWorld.NEXT_PCID);
        assertThat(network.reports).hasSize(1); // after the next telemetry
        assertAtWork();
    }

    @Test
    void takesAnOrderThatComesInstead() throws Exception {
        world.clock.forward(UNTIL_DUE.plusHours(1));
        agent.within = tre -> {
            network.orders(world.order(1, Procedure.CHANGE, TestWorld.OTHER), TestWorld.OTHER);
            return tre;
        };
        network.telemetry.clear();
        agent.run(false);
        assertThat(agent.<String>ask(tre -> tre.active().orElseThrow().operator()))
                .isEqualTo("208-15");
    }

    @Test
    void asksForNothingWhileAChangeThatCannotGoOnIsUnderWay() throws Exception {
        world.clock.forward(UNTIL_DUE.plusHours(1));
        network.orders(
                world.order(1, Procedure.CHANGE, TestWorld.OTHER), TestWorld.OPERATOR); // the DRF knows nothing yet
        agent.run(false);
        assertThat(agent.<Boolean>ask(tre -> tre.change().isPresent())).isTrue();
        assertThat(network.renewals).isEmpty();
        assertAtWork();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void asksWithAnotherNonceAfterItWasRefused(boolean throughItsMailbox) throws Exception {
        world.clock.forward(UNTIL_DUE.plusHours(1));
        network.supplierIsSilent(true);
        agent.run(false);
        world.clock.forward(Duration.ofHours(37));
        if (throughItsMailbox) {
            network.end(ResultCode.UNAVAILABLE);
        } else {
            network.refuse(DeviceResource.REGISTER, ResultCode.FORBIDDEN);
        }
        agent.run(false);
        network.end();
        network.supplierIsSilent(false);
        world.clock.forward(Duration.ofHours(37));
        agent.run(false);
        assertThat(network.renewals)
                .last()
                .extracting(Register::registration)
                .isNotEqualTo(network.renewals.get(0).registration());
        assertThat(pcid()).isEqualTo(TestWorld.NEXT_PCID);
    }

    @Test
    void leavesInItsMailboxWhatIsOfThePast() throws Exception {
        world.clock.forward(UNTIL_DUE.plusHours(1));
        network.hasOneOfThePast();
        agent.run(false);
        assertThat(pcid()).isEqualTo(TestWorld.PCID);
        assertThat(network.reports).isEmpty();
        assertAtWork();
    }

    @Test
    void asksWhenItCannotReadWhenItMay() throws Exception {
        world.clock.forward(UNTIL_DUE.plusHours(1));
        agent.board.storage().write("renewal", "soon".getBytes(StandardCharsets.US_ASCII));
        agent.run(false);
        assertThat(pcid()).isEqualTo(TestWorld.NEXT_PCID);
    }

    @Test
    void isNotSilencedByAClockThatIsSetBack() throws Exception {
        world.clock.forward(Duration.ofDays(25));
        network.refuse(DeviceResource.REGISTER, ResultCode.FORBIDDEN);
        agent.run(false);
        world.clock.forward(UNTIL_DUE.plusHours(1).minusDays(25));
        agent.run(false);
        assertThat(pcid()).isEqualTo(TestWorld.NEXT_PCID);
    }

    @ParameterizedTest
    @CsvSource({"REGISTER, true", "REGISTER, false", "MAIL, true", "MAIL, false", "REPORT, true", "REPORT, false"})
    void goesOnAfterItWasKilledAroundAnExchange(DeviceResource resource, boolean gatewayHeard) throws Exception {
        world.clock.forward(UNTIL_DUE.plusHours(1));
        AtomicBoolean killed = new AtomicBoolean();
        agent.between = transport -> new Cut(
                transport,
                asked -> {
                    if (asked == resource && !killed.getAndSet(true)) {
                        throw new Killed();
                    }
                },
                gatewayHeard);
        assertThatThrownBy(() -> agent.run(false)).isInstanceOf(Killed.class);
        world.clock.forward(Duration.ofHours(37));
        agent.run(false);
        assertThat(pcid()).isEqualTo(TestWorld.NEXT_PCID);
        assertThat(network.reports).extracting(ProvisioningReport::code).containsExactly(ResultCode.OK);
    }
}
