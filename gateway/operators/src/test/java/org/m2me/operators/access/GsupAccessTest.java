// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.operators.AuthenticationCentre.ApnProfile;
import org.m2me.operators.AuthenticationCentre.Destination;
import org.m2me.operators.PcidRecord;
import org.m2me.operators.World;
import org.m2me.operators.gsup.GsupSettings;
import org.m2me.operators.ro.icf.IcfSettings;
import org.m2me.operators.ro.icf.InitialConnectivity;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.radio.GmmCause;
import org.m2me.protocol.radio.RadioMessage;
import org.m2me.protocol.radio.SmCause;
import org.m2me.protocol.step.Step;

/** A visited network whose table sends one home's subscribers to that home over GSUP. */
class GsupAccessTest {
    private static final Plmn RO = new Plmn("901", "70");
    private static final Plmn BY_HTTP = new Plmn("901", "71");
    private static final String APN = "provisioning.ro";
    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);
    private static final int MINUTE = 60;

    @TempDir
    Path directory;

    private World world;
    private Homes homes;
    private Echo gateway;
    private RoleContext icfContext;
    private InitialConnectivity icf;
    private AccessNetwork network;
    private Usim card;

    @BeforeEach
    void start() throws Exception {
        world = new World(directory);
        homes = new Homes();
        gateway = new Echo();
        icfContext = world.context("icf.901-70");
        icf = newIcf(0);
        network = newNetwork(icf.gsup().orElseThrow(), APN);
        card = activeCard("901700000000001");
    }

    @AfterEach
    void stop() {
        network.close();
        icf.close();
        gateway.close();
    }

    private InitialConnectivity newIcf(int port) {
        return new InitialConnectivity(
                icfContext,
                new IcfSettings(List.of(RO, BY_HTTP), profile(APN), 50, Optional.of(GsupSettings.onLoopback(port))));
    }

    private ApnProfile profile(String name) {
        List<Destination> wayToGateway =
                List.of(new Destination(17, "127.0.0.1/32", gateway.address().getPort()));
        return new ApnProfile(name, wayToGateway, 100_000);
    }

    private AccessNetwork newNetwork(InetSocketAddress home, String agreed) {
        return AccessNetwork.start(
                world.context("vno.262-42"),
                homes,
                new AccessSettings(
                        new Plmn("262", "42"),
                        "vno.262-42",
                        InetAddress.getLoopbackAddress(),
                        0,
                        "10.45.0.0/24",
                        List.of(RO),
                        Optional.empty(),
                        AccessLimits.DEFAULT,
                        List.of(HomeRoute.byGsup(RO, home, List.of(profile(agreed))), HomeRoute.byHttp(BY_HTTP))));
    }

    private Usim activeCard(String digits) throws Refused {
        AkaKey key = Usim.newKey(world.random);
        Imsi imsi = new Imsi(digits);
        icf.accept(new PcidRecord(new Pcid(imsi), key, SqnParameters.DEFAULT, World.START.plusSeconds(1_000_000)));
        icf.activate(new Pcid(imsi), World.START.minusSeconds(MINUTE), World.START.plusSeconds(MINUTE * MINUTE));
        return new Usim(imsi, key);
    }

    private AirMobile mobile() throws IOException {
        return new AirMobile(network.signalling());
    }

    private static RadioMessage.AttachReject reject(GmmCause cause) {
        return new RadioMessage.AttachReject(cause.number());
    }

    private long located() {
        return world.number("icf.901-70", "gsup.db", "SELECT COUNT(*) FROM gsup_location");
    }

    @Test
    void getsADeviceToItsGatewayAndReportsTheFirstFourSteps() throws IOException {
        try (AirMobile mobile = mobile()) {
            assertThat(mobile.attach(card)).isInstanceOf(RadioMessage.AttachAccept.class);
            var session = mobile.open(APN);
            mobile.send(session.tunnel(), AirMobile.packet(session.address(), gateway.address(), HELLO));
            assertThat(mobile.receive().payload()).isEqualTo(HELLO);
            assertThat(located()).isEqualTo(1);
            assertThat(mobile.activate("internet"))
                    .isEqualTo(new RadioMessage.ActivateReject(0, SmCause.NOT_SUBSCRIBED.number()));
        }
        assertThat(world.taken())
                .containsExactly(
                        Step.ATTACH_WITH_PCID, Step.CONTACT_ICF, Step.TRANSFER_VECTORS, Step.PROVIDE_CONNECTIVITY);
        world.await("the home is told that the device has left", () -> located() == 0);
    }

    @Test
    void resynchronises() throws IOException {
        card.moveAhead(1000);
        try (AirMobile mobile = mobile()) {
            assertThat(mobile.attach(card)).isInstanceOf(RadioMessage.AttachAccept.class);
        }
        assertThat(card.highest() >> SqnParameters.DEFAULT.indBits()).isGreaterThan(1000);
    }

    @Test
    void refusesWhomTheHomeRefusesAndWhomTheTableDoesNotName() throws Exception {
        try (AirMobile mobile = mobile()) {
            Usim unknown = new Usim(new Imsi("901700000000009"), Usim.newKey(world.random));
            assertThat(mobile.attach(unknown)).isEqualTo(reject(GmmCause.IMSI_UNKNOWN));
        }
        try (AirMobile mobile = mobile()) {
            Usim stranger = new Usim(new Imsi("310150000000009"), Usim.newKey(world.random));
            assertThat(mobile.attach(stranger)).isEqualTo(reject(GmmCause.PLMN_NOT_ALLOWED));
        }
        icf.deactivate(new Pcid(card.imsi));
        try (AirMobile mobile = mobile()) {
            assertThat(mobile.attach(card)).isEqualTo(reject(GmmCause.GPRS_NOT_ALLOWED));
        }
    }

    @Test
    void asksByHttpWhereTheTableSaysSo() throws Exception {
        Usim other = activeCard("901710000000001");
        homes.put(BY_HTTP, icf);
        try (AirMobile mobile = mobile()) {
            assertThat(mobile.attach(other)).isInstanceOf(RadioMessage.AttachAccept.class);
            assertThat(mobile.open(APN)).isNotNull();
        }
        assertThat(located()).isZero();
    }

    @Test
    void offersNoAccessPointThatWasNotAgreed() throws IOException {
        network.close();
        network = newNetwork(icf.gsup().orElseThrow(), "another.ro");
        try (AirMobile mobile = mobile()) {
            mobile.attach(card);
            for (String apn : List.of(APN, "another.ro")) {
                assertThat(mobile.activate(apn))
                        .isEqualTo(new RadioMessage.ActivateReject(0, SmCause.NOT_SUBSCRIBED.number()));
            }
        }
    }

    @Test
    void detachesADeviceWhosePcidIsOver() throws Exception {
        try (AirMobile mobile = mobile()) {
            mobile.attach(card);
            mobile.open(APN);
            icf.deactivate(new Pcid(card.imsi));
            assertThat(mobile.hear())
                    .isEqualTo(new RadioMessage.NetworkDetach(false, GmmCause.GPRS_NOT_ALLOWED.number()));
            assertThat(mobile.isCut()).isTrue();
        }
        world.await("detached", () -> network.attached().isEmpty());
        world.await("the home knows it", () -> located() == 0);
    }

    @Test
    void findsItsHomeAgainAfterItWasAway() throws Exception {
        int port = icf.gsup().orElseThrow().getPort();
        icf.close();
        try (AirMobile mobile = mobile()) {
            assertThat(mobile.attach(card)).isEqualTo(reject(GmmCause.NETWORK_FAILURE));
        }
        icf = newIcf(port);
        world.await("connected", () -> icf.gsupNodes().contains("vno.262-42"));
        try (AirMobile mobile = mobile()) {
            assertThat(mobile.attach(card)).isInstanceOf(RadioMessage.AttachAccept.class);
        }
    }

    @Test
    void survivesAHomeThatTalksNonsense() throws IOException {
        AtomicInteger connections = new AtomicInteger();
        try (ServerSocket mad = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread talker = new Thread(() -> {
                while (!mad.isClosed()) {
                    try (Socket socket = mad.accept()) {
                        connections.incrementAndGet();
                        socket.getOutputStream().write(HexFormat.of().parseHex("0001fe040003ee05ff01"));
                        socket.getInputStream().readAllBytes();
                    } catch (IOException over) {
                        assertThat(over).isNotNull();
                    }
                }
            });
            talker.start();
            network.close();
            network = newNetwork((InetSocketAddress) mad.getLocalSocketAddress(), APN);
            try (AirMobile mobile = mobile()) {
                assertThat(mobile.attach(card)).isEqualTo(reject(GmmCause.NETWORK_FAILURE));
            }
            world.await("it tries again", () -> connections.get() > 1);
        }
    }
}
