// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent.coap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.agent.Relay;
import org.m2me.agent.TestBoard;
import org.m2me.agent.TestGateway;
import org.m2me.agent.TestNetwork;
import org.m2me.agent.TestWorld;
import org.m2me.agent.transport.Answer;
import org.m2me.agent.transport.Traffic;
import org.m2me.hal.TrustedEnvironment;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.ResultCode;

class CoapDeviceTransportTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    private Path home;

    private final TestBoard board = new TestBoard();
    private TestWorld world;
    private TestNetwork network;
    private TrustedEnvironment tre;
    private CoapDeviceTransport transport;

    @BeforeEach
    void start() throws Exception {
        world = new TestWorld(home.resolve("tre"));
        network = new TestNetwork(world);
        tre = world.start();
        transport = new CoapDeviceTransport(tre, world.clock, begun -> {});
    }

    @AfterEach
    void stop() throws Exception {
        transport.close();
        tre.close();
    }

    private Answer mail(TestGateway gateway) throws IOException, InterruptedException {
        transport.connect(board.bearer(), gateway.address());
        return transport.exchange(DeviceResource.MAIL, new byte[0], LIMIT);
    }

    @Test
    void doesNotTalkToAServerOfAnotherName() throws Exception {
        refuses(world.serverNamed("drf.901-70"));
    }

    @Test
    void doesNotTalkToAGatewayThatNoAnchorIssued() throws Exception {
        refuses(world.foreignGateway());
    }

    @Test
    void doesNotTalkToAGatewayWhoseCertificateHasRunOut() throws Exception {
        TestWorld.Identity shortLived = world.gatewayFor(Duration.ofDays(1));
        try (TestGateway gateway = new TestGateway(world, shortLived, network)) {
            assertThat(mail(gateway).isDone()).isTrue();
        }
        transport.close();
        transport = new CoapDeviceTransport(tre, world.clock, begun -> {});
        world.clock.forward(Duration.ofDays(2));

        refuses(shortLived);
    }

    @Test
    void talksToAGatewayWhoseCertificateBeginsInTheFutureAndLearnsThatItsClockIsSlow() throws Exception {
        TestWorld.Identity identity = world.gateway();
        List<Instant> learned = new CopyOnWriteArrayList<>();
        transport.close();
        transport = new CoapDeviceTransport(tre, world.clock, learned::add);
        world.clock.forward(Duration.ofDays(-365));

        try (TestGateway gateway = new TestGateway(world, identity, network)) {
            assertThat(mail(gateway).isDone()).isTrue();
        }

        assertThat(learned).containsExactly(identity.certificate().notBefore());
    }

    private void refuses(TestWorld.Identity identity) throws IOException {
        network.asked.clear();
        try (TestGateway gateway = new TestGateway(world, identity, network)) {
            assertThatThrownBy(() -> mail(gateway)).isInstanceOf(IOException.class);
            assertThat(network.asked).isEmpty();
        }
    }

    @Test
    void makesANewConnectionAfterTheGatewayForgotIt() throws Exception {
        try (TestGateway gateway = new TestGateway(world, world.gateway(), network)) {
            mail(gateway);
            gateway.stop();
            gateway.start();

            assertThatThrownBy(() -> mail(gateway))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("not heard");
            assertThat(mail(gateway).isDone()).isTrue();
            assertThat(transport.traffic().handshakes()).isEqualTo(2);
        }
    }

    @Test
    void needsNoHandshakeOverAnotherWay() throws Exception {
        try (TestGateway gateway = new TestGateway(world, world.gateway(), network);
                Relay relay = new Relay(gateway.address())) {
            mail(gateway);
            Traffic before = transport.traffic();
            board.way = destination -> relay.address();

            assertThat(mail(gateway).isDone()).isTrue();

            assertThat(gateway.handshakes).hasValue(1);
            assertThat(transport.traffic().since(before).handshakeBytes()).isZero();
            assertThat(transport.traffic().since(before).bytes()).isLessThan(500); // even if it was sent again
        }
    }

    @Test
    void refusesAGatewayWithoutAnAddress() {
        assertThatThrownBy(() ->
                        transport.connect(board.bearer(), InetSocketAddress.createUnresolved("gateway.invalid", 5684)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("gateway.invalid");
        assertThatThrownBy(() -> transport.exchange(DeviceResource.MAIL, new byte[0], LIMIT))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no bearer");
    }

    @Test
    void tellsARefusalByItsVerdictElseByItsStatus() {
        assertThat(new Answer(403, new byte[0], Duration.ZERO).refusal()).isEqualTo(ResultCode.FORBIDDEN);
        assertThat(new Answer(401, new byte[0], Duration.ZERO).refusal()).isEqualTo(ResultCode.CREDENTIAL_EXPIRED);
        assertThat(new Answer(429, new byte[] {1, 2}, Duration.ZERO).refusal()).isEqualTo(ResultCode.QUOTA);
        assertThat(new Answer(504, new byte[0], Duration.ZERO).refusal()).isEqualTo(ResultCode.INTERNAL);
    }
}
