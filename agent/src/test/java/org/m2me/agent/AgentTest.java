// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
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

final class AgentTest extends AgentFixture {
    /** What is not answered for so long is sent again, in a handshake as afterwards. */
    private static final long REPEATED_AFTER_MS = 2_000;

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
    void theWatchdogHearsFromItBeforeEachOfTheModemsSlowCalls() throws Exception {
        agent.run(true);

        assertThat(agent.board.pettedBefore).hasSize(7).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void leavesNoBearerOpenThatDoesNotLeadToTheGateway() throws Exception {
        List<Bearer> opened = new ArrayList<>();
        agent.between = whole -> new Nowhere(whole, opened);

        assertThat(agent.run(true)).isEqualTo(ExitCode.GAVE_UP);

        assertThat(opened).isNotEmpty().noneMatch(Bearer::isUp);
    }

    /** A transport that finds no way to the gateway. */
    private record Nowhere(DeviceTransport whole, List<Bearer> opened) implements DeviceTransport {
        @Override
        public void connect(Bearer bearer, InetSocketAddress gateway) throws IOException {
            opened.add(bearer);
            throw new IOException("no way to the gateway");
        }

        @Override
        public Answer exchange(DeviceResource resource, byte[] body, Duration limit)
                throws IOException, InterruptedException {
            return whole.exchange(resource, body, limit);
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

    @Test
    void staysUnderFiveThousandBytesUntilTheReportIsAcknowledged() throws Exception {
        agent.run(true);
        if (exchanges().stream().anyMatch(line -> number(line, "millis") >= REPEATED_AFTER_MS)) {
            startAnew(); // the machine was busy, and something crossed twice that need not have
            agent.run(true);
        }

        List<String> exchanges = exchanges();
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

    private List<String> exchanges() {
        return agent.events().stream()
                .filter(line -> line.contains("\"event\":\"exchange\""))
                .toList();
    }

    /** With a device, a network and a gateway of which nothing is known yet. */
    private void startAnew() throws Exception {
        stop();
        home = Files.createDirectory(home.resolve("anew"));
        start();
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
}
