// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.m2me.hal.TrustedEnvironment;
import org.m2me.hal.TrustedEnvironment.Subscription;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Mail;
import org.m2me.protocol.message.OrderAnswer;
import org.m2me.protocol.message.ProvisioningReport;
import org.m2me.protocol.message.Register;
import org.m2me.protocol.message.Release;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;

/** What the device does at its owner's order, and what it does when somebody says no. */
final class AgentChangeTest extends AgentFixture {
    private Mail.Order order(long number, Procedure procedure, Plmn operator) {
        Mail.Order order = world.order(number, procedure, operator);
        network.orders(order, operator);
        return order;
    }

    /** At work with the first operator's subscription; what comes after that is of interest. */
    private void subscribe() throws Exception {
        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);
        network.asked.clear();
        network.registrations.clear();
        network.reports.clear();
        agent.board.log.clear();
    }

    private String operator() throws Exception {
        return agent.<Optional<Subscription>>ask(TrustedEnvironment::active)
                .map(Subscription::operator)
                .orElse("none");
    }

    private void assertOwesNothing() throws Exception {
        assertThat(agent.<Optional<byte[]>>ask(TrustedEnvironment::owedReport)).isEmpty();
        assertThat(agent.<Optional<byte[]>>ask(TrustedEnvironment::owedAnswer)).isEmpty();
        assertThat(agent.<List<?>>ask(TrustedEnvironment::owedReleases)).isEmpty();
        assertThat(agent.<Optional<?>>ask(TrustedEnvironment::change)).isEmpty();
    }

    @Test
    void changesOperatorOverTheOldOnesConnectivity() throws Exception {
        subscribe();
        Mail.Order order = order(1, Procedure.CHANGE, TestWorld.OTHER);

        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);

        assertThat(network.asked)
                .containsExactly(
                        DeviceResource.TELEMETRY,
                        DeviceResource.MAIL,
                        DeviceResource.ORDER,
                        DeviceResource.REGISTER,
                        DeviceResource.MAIL,
                        DeviceResource.RELEASE,
                        DeviceResource.RELAY,
                        DeviceResource.REPORT,
                        DeviceResource.ORDER,
                        DeviceResource.TELEMETRY);
        assertThat(agent.states())
                .containsSubsequence(
                        State.OPERATIONAL,
                        State.CHANGING,
                        State.REGISTERING,
                        State.WAITING,
                        State.INSTALLING,
                        State.DISCARDING,
                        State.RELEASING,
                        State.REPORTING,
                        State.REATTACHING,
                        State.OPERATIONAL);
        assertThat(agent.board.log)
                .containsExactly(
                        "insert", "open " + TestWorld.APN, "restart card", "open " + TestWorld.OTHER_APN, "remove");
        Register register = network.registrations.get(0);
        assertThat(register.procedure()).isEqualTo(Procedure.CHANGE);
        assertThat(register.pcid()).isEmpty();
        assertThat(register.state().orElseThrow().firmware().length()).isEqualTo(16);
        assertThat(network.relays.get(0).registration()).isEqualTo(register.registration());
        assertThat(network.answers)
                .containsExactly(
                        new OrderAnswer(order.registration(), ResultCode.OK, false),
                        new OrderAnswer(order.registration(), ResultCode.OK, true));
        assertThat(network.releases).extracting(Release::operator).containsExactly(TestWorld.OPERATOR);
        assertThat(network.reports).extracting(ProvisioningReport::code).containsExactly(ResultCode.OK);
        assertThat(agent.<Optional<Subscription>>ask(TrustedEnvironment::active))
                .contains(new Subscription(TestWorld.OTHER_IMSI, TestWorld.OTHER_APN, "208-15", true));
        assertOwesNothing();
    }

    @Test
    void changesOperatorByWayOfThePristineState() throws Exception {
        subscribe();
        order(1, Procedure.PRISTINE, TestWorld.OTHER);

        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);

        assertThat(agent.board.log)
                .containsExactly(
                        "insert",
                        "open " + TestWorld.APN,
                        "restart card",
                        "open " + TestWorld.PCID_APN,
                        "restart card",
                        "open " + TestWorld.OTHER_APN,
                        "remove");
        Register register = network.registrations.get(0);
        assertThat(register.procedure()).isEqualTo(Procedure.PRISTINE);
        assertThat(register.pcid()).contains(Pcid.of(TestWorld.PCID));
        assertThat(register.state()).isPresent();
        assertThat(network.releases).hasSize(1);
        assertThat(network.relays).isEmpty();
        assertThat(network.answers).extracting(OrderAnswer::ended).containsExactly(false, true);
        assertThat(operator()).isEqualTo("208-15");
        assertOwesNothing();
    }

    @Test
    void goesByWayOfThePristineStateWhenTheOldOperatorIsGone() throws Exception {
        subscribe();
        order(1, Procedure.PRISTINE, TestWorld.OTHER);
        network.unreachable.add(TestWorld.OPERATOR);

        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);

        assertThat(operator()).isEqualTo("208-15");
        assertThat(agent.<List<?>>ask(TrustedEnvironment::owedReleases)).hasSize(1);
    }

    @Test
    void keepsASecondSubscriptionAndSwitchesToItAndBack() throws Exception {
        subscribe();
        order(1, Procedure.ADD, TestWorld.OTHER);
        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);
        assertThat(operator()).isEqualTo("262-01");
        assertThat(network.registrations.get(0).procedure()).isEqualTo(Procedure.ADD);
        assertThat(network.releases).isEmpty();
        assertOwesNothing();
        network.asked.clear();

        order(2, Procedure.SWITCH, TestWorld.OTHER);
        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);
        assertThat(operator()).isEqualTo("208-15");
        assertThat(network.asked)
                .containsExactly(
                        DeviceResource.TELEMETRY,
                        DeviceResource.MAIL,
                        DeviceResource.ORDER,
                        DeviceResource.REPORT,
                        DeviceResource.ORDER,
                        DeviceResource.TELEMETRY);
        assertThat(network.reports.get(1).registration())
                .isEqualTo(network.registrations.get(0).registration());

        order(3, Procedure.SWITCH, TestWorld.OPERATOR);
        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);
        assertThat(operator()).isEqualTo("262-01");
        assertOwesNothing();
    }

    @Test
    void tellsWhoeverForgedAnOrderThatItIsRefusedAndGoesOn() throws Exception {
        subscribe();
        Mail.Order good = order(1, Procedure.CHANGE, TestWorld.OTHER);
        byte[] forged = good.order().bytes();
        forged[forged.length - 1] ^= 1;
        network.orders(new Mail.Order(good.registration(), Opaque.of(forged)), TestWorld.OPERATOR);

        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);

        assertThat(network.answers)
                .containsExactly(new OrderAnswer(good.registration(), ResultCode.NOT_AUTHORIZED, true));
        assertThat(network.registrations).isEmpty();
        assertThat(operator()).isEqualTo("262-01");
    }

    @Test
    void staysWithItsOperatorWhenTheNewOneRefuses() throws Exception {
        subscribe();
        order(1, Procedure.CHANGE, TestWorld.OTHER);
        network.refuse(DeviceResource.REGISTER, ResultCode.POLICY);

        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);

        assertThat(network.answers)
                .extracting(OrderAnswer::code, OrderAnswer::ended)
                .containsExactly(tuple(ResultCode.OK, false), tuple(ResultCode.POLICY, true));
        assertThat(operator()).isEqualTo("262-01");
        assertThat(agent.board.log).containsExactly("insert", "open " + TestWorld.APN, "remove");
        assertOwesNothing();
    }

    @Test
    void staysAtWorkWhileTheNewOperatorIsOutOfReachAndGivesUpInTheEnd() throws Exception {
        subscribe();
        order(1, Procedure.CHANGE, TestWorld.OTHER);
        ResultCode[] always = new ResultCode[1_000];
        Arrays.fill(always, ResultCode.UNAVAILABLE);
        network.refuse(DeviceResource.REGISTER, always);
        agent.telemetryCount = 15;

        assertThat(agent.run(false)).isEqualTo(ExitCode.DONE);

        assertThat(network.telemetry).hasSize(1 + 15);
        assertThat(Collections.frequency(agent.states(), State.CHANGING)).isEqualTo(Change.ATTEMPTS_MAX);
        assertThat(network.answers.get(1).code()).isEqualTo(ResultCode.UNAVAILABLE);
        assertThat(network.answers.get(1).ended()).isTrue();
        assertThat(operator()).isEqualTo("262-01");
        assertOwesNothing();
    }

    @Test
    void reportsAMcimThatIsDamagedAndTakesTheNext() throws Exception {
        subscribe();
        order(1, Procedure.CHANGE, TestWorld.OTHER);
        network.damage(mcim -> {
            byte[] damaged = mcim.clone();
            damaged[damaged.length / 2] ^= 1;
            return network.reports.isEmpty() ? damaged : mcim;
        });
        agent.telemetryCount = 3;

        assertThat(agent.run(false)).isEqualTo(ExitCode.DONE);

        assertThat(network.reports)
                .extracting(ProvisioningReport::code)
                .containsExactly(ResultCode.MCIM_DAMAGED, ResultCode.OK);
        assertThat(network.registrations).extracting(Register::registration).doesNotHaveDuplicates();
        assertThat(operator()).isEqualTo("208-15");
    }

    @Test
    void leavesAnOldOperatorThatIsOutOfReachAndTellsItLater() throws Exception {
        subscribe();
        order(1, Procedure.CHANGE, TestWorld.OTHER);
        network.unreachable.add(TestWorld.OPERATOR);

        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);

        assertThat(operator()).isEqualTo("208-15");
        assertThat(network.releases).isEmpty();
        network.unreachable.clear();
        network.asked.clear();
        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);
        assertThat(network.asked)
                .containsExactly(DeviceResource.RELEASE, DeviceResource.RELAY, DeviceResource.TELEMETRY);
        assertThat(network.relays.get(0).registration())
                .isEqualTo(network.registrations.get(0).registration());
        assertOwesNothing();
    }

    @Test
    void repeatsTheReleaseWhenItsAcknowledgementCouldNotBeRelayed() throws Exception {
        subscribe();
        order(1, Procedure.CHANGE, TestWorld.OTHER);
        ResultCode[] outage = new ResultCode[6];
        Arrays.fill(outage, ResultCode.UNAVAILABLE);
        network.refuse(DeviceResource.RELAY, outage);

        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);
        assertThat(agent.<List<?>>ask(TrustedEnvironment::owedReleases)).hasSize(1);
        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);

        assertThat(network.relays).hasSize(1);
        assertThat(network.releases).containsOnly(network.releases.get(0));
        assertOwesNothing();
    }

    @Test
    void takesAnOrderInTheMiddleOfGoingPristineForAnOperatorThatRefuses() throws Exception {
        subscribe();
        order(1, Procedure.PRISTINE, TestWorld.OTHER);
        network.refuse(DeviceResource.REGISTER, ResultCode.POLICY);
        agent.board.lights = signal -> {
            List<State> states = agent.states();
            if (states.contains(State.REGISTERING) && network.answers.size() == 1) {
                order(2, Procedure.PRISTINE, TestWorld.OPERATOR);
            }
        };
        agent.waiting = pause -> {
            throw new InterruptedException("it is quiet");
        };

        assertThat(agent.run(true)).isEqualTo(ExitCode.REFUSED); // somebody waits: it does not ask
        network.refuse(DeviceResource.REGISTER, ResultCode.POLICY);
        agent.telemetryCount = 1;
        assertThat(agent.run(false)).isEqualTo(ExitCode.DONE);

        assertThat(operator()).isEqualTo("262-01");
        assertThat(network.answers.get(network.answers.size() - 1).code()).isEqualTo(ResultCode.OK);
    }
}
