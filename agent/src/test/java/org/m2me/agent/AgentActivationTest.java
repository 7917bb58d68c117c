// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.m2me.hal.TrustedEnvironment;
import org.m2me.hal.TrustedEnvironment.Subscription;
import org.m2me.protocol.message.Activation;
import org.m2me.protocol.message.Activation.Server;
import org.m2me.protocol.message.Activation.Terms;
import org.m2me.protocol.message.ActivationRequest;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;

/** The device works with whom its owner says: real servers on loopback, the owner's with an authority of its own. */
final class AgentActivationTest extends FleetFixture {
    private long held() throws Exception {
        return agent.<Long>ask(tre ->
                tre.activation().map(Servers::decode).map(Activation::number).orElse(0L));
    }

    @Test
    void sendsItsTelemetryWhereItsOwnerSaysFromTheFirstOn() throws Exception {
        activate(4, toApplication());

        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);

        assertThat(sequences(fleet)).containsExactly(1L);
        assertThat(network.telemetry).isEmpty();
        assertThat(network.activationRequests).containsExactly(new ActivationRequest(0), new ActivationRequest(4));
        assertThat(fleet.asked).containsOnly(DeviceResource.TELEMETRY);
        assertThat(events("activated")).hasSize(1);
        assertThat(events("exchange").stream().filter(line -> line.contains("\"server\":\"APPLICATION\"")))
                .hasSize(1);
    }

    @Test
    void knowsItAllAfterAStart() throws Exception {
        activate(4, toApplication());
        agent.run(true);
        network.activationRequests.clear();

        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);

        assertThat(sequences(fleet)).containsExactly(1L, 2L);
        assertThat(network.activationRequests).containsExactly(new ActivationRequest(4));
        assertThat(events("activated")).hasSize(1);
    }

    @Test
    void staysWithTheGatewayWhenItsOwnerHasEnteredNothing() throws Exception {
        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);

        assertThat(sequences(network)).containsExactly(1L);
        assertThat(network.activationRequests).containsExactly(new ActivationRequest(0));
    }

    @Test
    void movesOnWhenTheAnswerToTelemetryAnnouncesSomethingNewer() throws Exception {
        AtomicBoolean entered = new AtomicBoolean();
        agent.waiting = pause -> {
            if (network.telemetry.size() == 1 && !entered.getAndSet(true)) {
                activate(1, toApplication());
            }
        };
        agent.telemetryCount = 4;

        assertThat(agent.run(false)).isEqualTo(ExitCode.DONE);

        assertThat(sequences(network)).containsExactly(1L, 2L);
        assertThat(sequences(fleet)).containsExactly(3L, 4L);
        assertThat(network.asked).doesNotContainSequence(DeviceResource.TELEMETRY, DeviceResource.MAIL);
    }

    @ParameterizedTest
    @CsvSource({"2, old", "4, forged", "4, foreign"})
    void takesNoneThatIsNotItsOwnersLastWord(long number, String fault) throws Exception {
        activate(3, toApplication());
        agent.run(true);
        Terms elsewhere = new Terms(at(gateway.address(), "gateway"), Optional.empty(), Optional.empty());
        byte[] signed = world.activation(number, elsewhere);
        if (fault.equals("forged")) {
            signed[signed.length / 2] ^= 1;
        } else if (fault.equals("foreign")) {
            signed = new TestWorld(Files.createDirectory(home.resolve("other"))).activation(number, elsewhere);
        }
        network.activates(Long.MAX_VALUE, signed);

        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);

        assertThat(held()).isEqualTo(3);
        assertThat(sequences(fleet)).containsExactly(1L, 2L);
        String code = fault.equals("old") ? "NONCE_USED" : "NOT_AUTHORIZED";
        assertThat(events("activation-refused")).singleElement().asString().contains(code);
    }

    @ParameterizedTest
    @CsvSource({"fleet, other", "operators, telemetry"})
    void givesNothingToAnApplicationServerWithAnotherCertificate(String authority, String name) throws Exception {
        try (TestGateway impostor = new TestGateway(
                world, authority.equals("fleet") ? world.fleetServer(name) : world.serverNamed(name), fleet)) {
            activate(1, new Terms(at(impostor.address(), TELEMETRY_SERVER), Optional.empty(), Optional.empty()));

            assertThat(agent.run(true)).isEqualTo(ExitCode.GAVE_UP);

            assertThat(fleet.asked).isEmpty();
            assertThat(network.telemetry).isEmpty();
            assertThat(agent.board.log.stream().filter(line -> line.startsWith("open " + TestWorld.APN)))
                    .as("the bearer is sound: it is not opened anew")
                    .hasSize(1);
        }
    }

    @Test
    void keepsWhatADeadApplicationServerHasNotAcknowledgedAndSendsItInOrder() throws Exception {
        activate(1, toApplication());
        silentFor(60);
        timePassesWhileItWaits();
        agent.telemetryCount = 6;

        assertThat(agent.run(false)).isEqualTo(ExitCode.DONE);

        List<Long> taken = sequences(fleet);
        assertThat(taken).hasSizeGreaterThanOrEqualTo(6).isSorted().doesNotHaveDuplicates();
        assertThat(taken.get(0)).isEqualTo(1);
        assertThat(taken)
                .isEqualTo(LongStream.rangeClosed(1, taken.size()).boxed().toList());
        assertThat(events("telemetry-dropped")).isEmpty();
    }

    @Test
    void keepsSoMuchAndNoMore() throws Exception {
        activate(1, toApplication());
        silentFor(250); // 5 for each of 50 attempts, at most ten minutes apart
        timePassesWhileItWaits();
        agent.telemetryCount = 1;

        assertThat(agent.run(false)).isEqualTo(ExitCode.DONE);

        assertThat(fleet.telemetry).hasSize(Unacknowledged.MAX);
        assertThat(events("telemetry-dropped")).isNotEmpty();
        assertThat(sequences(fleet)).isSorted();
    }

    @Test
    void hearsOfAnotherApplicationServerWhileTheOneItHasIsDead() throws Exception {
        activate(1, toApplication());
        agent.run(true);
        silentFor(5);
        try (TestGateway next = new TestGateway(world, world.fleetServer("next"), fleet)) {
            agent.waiting =
                    pause -> activate(2, new Terms(at(next.address(), "next"), Optional.empty(), Optional.empty()));

            assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);
            assertThat(next.handshakes).hasPositiveValue();
        }
        assertThat(held()).isEqualTo(2);
        assertThat(sequences(fleet)).containsExactly(1L, 2L);
    }

    @Test
    void takesAnOrderWhileTheApplicationServerIsDead() throws Exception {
        activate(1, toApplication());
        agent.run(true);
        network.orders(world.order(1, Procedure.CHANGE, TestWorld.OTHER), TestWorld.OTHER);
        silentFor(5);
        timePassesWhileItWaits();

        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);

        assertThat(operator()).isEqualTo(TestWorld.OTHER.toString());
        assertThat(sequences(fleet)).containsExactly(1L, 2L);
    }

    private String operator() throws Exception {
        return agent.<Optional<Subscription>>ask(TrustedEnvironment::active)
                .map(Subscription::operator)
                .orElse("none");
    }

    @ParameterizedTest
    @EnumSource(
            value = Procedure.class,
            names = {"CHANGE", "PRISTINE"})
    void goesOnWithItsOwnersServersAfterAChangeOfOperator(Procedure procedure) throws Exception {
        activate(1, toBoth(MANAGER, Optional.empty()));
        agent.run(true);
        network.activationRequests.clear();
        // The application server's answer says that mail waits, as it does when it asks the subscriber.
        network.orders(world.order(1, procedure, TestWorld.OTHER), TestWorld.OTHER);
        fleet.announces();
        agent.telemetryCount = 3;

        assertThat(agent.run(false)).isEqualTo(ExitCode.DONE);

        assertThat(operator()).isEqualTo(TestWorld.OTHER.toString());
        assertThat(held()).isEqualTo(1);
        assertThat(sequences(fleet)).hasSizeGreaterThanOrEqualTo(4);
        assertThat(network.telemetry).isEmpty();
        assertThat(network.activationRequests)
                .as("asked again with the new operator")
                .hasSizeGreaterThan(1);
    }

    @Test
    void asksTheManagementServerThatItsOwnerNames() throws Exception {
        activate(1, toBoth(MANAGER, Optional.empty()));
        agent.run(true);
        int before = gateway.ports.size();

        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);

        assertThat(management.handshakes).hasPositiveValue();
        assertThat(gateway.ports).hasSize(before);
    }

    @Test
    void keepsItsConnectionWhenItsOwnerNamesTheGatewayThatItHas() throws Exception {
        Activation.Association same = new Activation.Association(world.anchors().get(0), "gateway");
        Server server = new Server(
                gateway.address().getAddress().getHostAddress(),
                gateway.address().getPort(),
                same);
        activate(1, new Terms(at(application.address(), TELEMETRY_SERVER), Optional.of(server), Optional.empty()));

        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);

        assertThat(gateway.handshakes).hasValue(1);
        assertThat(network.activationRequests).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({"false, false", "true, false", "true, true"})
    void believesAnUnknownManagementServerByItsOwnersRuleAndAfterAChangeOnly(boolean rule, boolean changed)
            throws Exception {
        // Who answers at the named address has another certificate than the named one.
        activate(1, toBoth("someone", rule ? Optional.of(world.fleetAssociation(MANAGER)) : Optional.empty()));
        agent.run(true);
        if (changed) {
            network.orders(world.order(1, Procedure.CHANGE, TestWorld.OTHER), TestWorld.OTHER);
            fleet.announces();
        }
        timePassesWhileItWaits();
        agent.telemetryCount = 3;
        assertThat(agent.run(false)).isEqualTo(ExitCode.DONE);

        assertThat(operator()).isEqualTo((changed ? TestWorld.OTHER : TestWorld.OPERATOR).toString());
        assertThat(management.handshakes.get() > 0).isEqualTo(changed);
    }

    @Test
    void asksTheGatewayItWasMadeWithWhenTheManagementServerIsOutOfReach() throws Exception {
        activate(1, toBoth("someone", Optional.empty()));
        agent.run(true);
        network.orders(world.order(1, Procedure.CHANGE, TestWorld.OTHER), TestWorld.OTHER);
        fleet.announces();
        timePassesWhileItWaits();
        agent.telemetryCount = 10;

        assertThat(agent.run(false)).isEqualTo(ExitCode.DONE);

        assertThat(operator()).isEqualTo(TestWorld.OTHER.toString());
        assertThat(events("management-unreachable")).isNotEmpty();
        assertThat(management.handshakes).hasValue(0);
    }

    @Test
    void aRefusalByTheApplicationServerDoesNotSilenceTheDevice() throws Exception {
        activate(1, toApplication());
        fleet.refuse(DeviceResource.TELEMETRY, ResultCode.UNKNOWN_DEVICE);
        timePassesWhileItWaits();

        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);

        assertThat(sequences(fleet)).containsExactly(2L);
        assertThat(agent.states()).doesNotContain(State.REFUSED);
    }
}
