// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.m2me.agent.transport.Answer;
import org.m2me.agent.transport.DeviceTransport;
import org.m2me.agent.transport.Traffic;
import org.m2me.hal.Bearer;
import org.m2me.hal.TrustedEnvironment;
import org.m2me.protocol.evidence.MeasuredComponent;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.ProvisioningReport;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.message.Telemetry;

class AgentTest {
    @TempDir
    private Path home;

    private TestWorld world;
    private TestNetwork network;
    private TestGateway gateway;
    private TestAgent agent;

    @BeforeEach
    void start() throws Exception {
        world = new TestWorld(Files.createDirectory(home.resolve("tre")));
        network = new TestNetwork(world);
        gateway = new TestGateway(world, world.gateway(), network);
        agent = new TestAgent(world, home, gateway.address());
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void goesFromPristineToWork() throws Exception {
        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);

        assertThat(agent.states())
                .containsExactly(
                        State.STARTING,
                        State.MEASURING,
                        State.ATTACHING,
                        State.REGISTERING,
                        State.WAITING,
                        State.PROVING,
                        State.WAITING,
                        State.INSTALLING,
                        State.REPORTING,
                        State.REATTACHING,
                        State.OPERATIONAL,
                        State.STOPPED);
        assertThat(network.asked)
                .containsExactly(
                        DeviceResource.REGISTER,
                        DeviceResource.MAIL,
                        DeviceResource.EVIDENCE,
                        DeviceResource.MAIL,
                        DeviceResource.REPORT,
                        DeviceResource.TELEMETRY);
        assertThat(agent.board.log)
                .containsExactly(
                        "insert", "open " + TestWorld.PCID_APN, "restart card", "open " + TestWorld.APN, "remove");
        assertThat(network.registrations.get(0).pcid()).contains(Pcid.of(TestWorld.PCID));
        assertThat(network.reports).extracting(ProvisioningReport::code).containsExactly(ResultCode.OK);
        assertThat(network.telemetry).extracting(Telemetry::sequence).containsExactly(1L);
        assertThat(agent.<Optional<TrustedEnvironment.Subscription>>ask(TrustedEnvironment::active))
                .contains(new TrustedEnvironment.Subscription(TestWorld.IMSI, TestWorld.APN, "262-01", true));
        assertThat(agent.status().operator()).contains("262-01");
    }

    @Test
    void staysUnderFiveThousandBytesUntilTheReportIsAcknowledged() throws Exception {
        agent.run(true);

        List<String> exchanges = agent.events().stream()
                .filter(line -> line.contains("\"event\":\"exchange\""))
                .toList();
        long sum = 0;
        StringBuilder table = new StringBuilder("bytes on the air, with IP and UDP headers\n");
        for (String line : exchanges.subList(0, 5)) {
            long up = number(line, "bytesUp");
            long down = number(line, "bytesDown");
            sum += up + down;
            table.append(String.format(
                    "%-9s %5d up %5d down, of them %d in the handshake%n",
                    line.replaceAll(".*\"resource\":\"(\\w+)\".*", "$1"), up, down, number(line, "handshakeBytes")));
        }
        System.out.println(table.append("sum ").append(sum));

        assertThat(sum).isLessThan(5_000);
        assertThat(gateway.handshakes).hasValue(1);
    }

    private static long number(String line, String field) {
        return Long.parseLong(line.replaceAll(".*\"" + field + "\":(\\d+).*", "$1"));
    }

    @Test
    void keepsItsConnectionWhenTheBearerChanges() throws Exception {
        try (Relay first = new Relay(gateway.address());
                Relay second = new Relay(gateway.address())) {
            List<InetSocketAddress> ways = List.of(first.address(), second.address());
            agent.board.way = destination -> ways.get(agent.board.log.contains("open " + TestWorld.APN) ? 1 : 0);

            assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);

            assertThat(gateway.ports).hasSize(2);
            assertThat(gateway.handshakes).hasValue(1);
        }
    }

    @Test
    void measuresItsFilesAgainForEachChallenge() throws Exception {
        agent.waiting = pause -> {};
        agent.board.lights = signal -> {
            if (network.asked.contains(DeviceResource.REGISTER) && network.evidence.isEmpty()) {
                write("program", "changed after the start");
            }
        };

        agent.run(true);

        assertThat(network.evidence.get(0).components())
                .extracting(MeasuredComponent::name)
                .containsExactlyInAnyOrder("agent", "config");
        MeasuredComponent measured = network.evidence.get(0).components().stream()
                .filter(component -> component.name().equals("agent"))
                .findFirst()
                .orElseThrow();
        assertThat(measured.version()).isEqualTo("1.0.0");
        assertThat(measured.sha256())
                .isEqualTo(agent.configuration().components().get(0).measure().digest());
    }

    private void write(String name, String content) {
        try {
            Files.writeString(home.resolve(name), content);
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    @Test
    void registersOverAnotherKindOfNetworkWithoutAPcid() throws Exception {
        agent.access = "n3g";
        agent.board.dhcp224 =
                Optional.of("coaps://127.0.0.1:" + gateway.address().getPort());

        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);

        assertThat(network.registrations.get(0).pcid()).isEmpty();
        assertThat(agent.board.log).containsExactly("join plant", "insert", "open " + TestWorld.APN, "remove");
        assertThat(gateway.handshakes).hasValue(1);
    }

    @Test
    void saysThatTheNetworkDoesNotTellWhereTheDrfIs() throws Exception {
        agent.access = "n3g";

        assertThat(agent.run(true)).isEqualTo(ExitCode.GAVE_UP);

        assertThat(agent.status().reason()).contains("option 224");
        assertThat(network.asked).isEmpty();
    }

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

    @Test
    void sendsAsMuchTelemetryAsItIsToldTo() throws Exception {
        assertThat(agent.run(false)).isEqualTo(ExitCode.DONE);

        assertThat(network.telemetry).hasSize(3);
        assertThat(network.telemetry.get(0).readings()).containsKeys("uptime_s", "signal_dbm", "up_bytes");
        assertThat(agent.pauses.stream().reduce(Duration.ZERO, Duration::plus)).isEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void getsANewBearerWhenItsBearerIsLost() throws Exception {
        AtomicBoolean lost = new AtomicBoolean();
        agent.waiting = pause -> {
            if (network.telemetry.size() == 1 && !lost.getAndSet(true)) {
                agent.board.loseBearer();
                network.refuse(DeviceResource.TELEMETRY, ResultCode.INTERNAL); // whatever makes it look
            }
        };

        assertThat(agent.run(false)).isEqualTo(ExitCode.DONE);

        assertThat(network.telemetry).hasSize(3);
        assertThat(agent.board.log.stream().filter(line -> line.equals("open " + TestWorld.APN)))
                .hasSize(2);
    }

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
                .containsExactly(DeviceResource.REGISTER, DeviceResource.MAIL, DeviceResource.EVIDENCE);
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

    /** A transport that is cut before or after the gateway hears a request. */
    private static final class Cut implements DeviceTransport {
        interface Moment {
            void of(DeviceResource resource);
        }

        private final DeviceTransport whole;
        private final Moment moment;
        private final boolean after;

        private Cut(DeviceTransport whole, Moment moment, boolean after) {
            this.whole = whole;
            this.moment = moment;
            this.after = after;
        }

        @Override
        public void connect(Bearer bearer, InetSocketAddress gateway) throws IOException {
            whole.connect(bearer, gateway);
        }

        @Override
        public Answer exchange(DeviceResource resource, byte[] body, Duration limit)
                throws IOException, InterruptedException {
            if (!after) {
                moment.of(resource);
            }
            Answer answer = whole.exchange(resource, body, limit);
            if (after) {
                moment.of(resource);
            }
            return answer;
        }

        @Override
        public Traffic traffic() {
            return whole.traffic();
        }

        @Override
        public void close() {
            whole.close();
        }
    }
}
