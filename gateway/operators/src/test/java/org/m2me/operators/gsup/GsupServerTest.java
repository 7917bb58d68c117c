// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.gsup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.operators.AuthenticationCentre.ApnProfile;
import org.m2me.operators.AuthenticationCentre.Destination;
import org.m2me.operators.PcidRecord;
import org.m2me.operators.World;
import org.m2me.operators.access.Usim;
import org.m2me.operators.ro.icf.IcfSettings;
import org.m2me.operators.ro.icf.InitialConnectivity;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.AuthenticationVector;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.radio.GmmCause;
import org.m2me.protocol.radio.RadioMessage;

/** An ICF in the place of an HLR, and serving nodes of all kinds. */
class GsupServerTest {
    private static final String PCID = "901700000000001"; // of the recorded frames
    private static final String OTHER = "901700000000002";
    private static final String SGSN = "SGSN-00-00-00-00-00-00";
    private static final GsupLimits LIMITS = new GsupLimits(
            Duration.ofSeconds(10), 3, 1, Duration.ofSeconds(20), Duration.ofSeconds(10), Duration.ofSeconds(10));

    @TempDir
    Path directory;

    private World world;
    private RoleContext context;
    private InitialConnectivity icf;
    private Usim card;

    @BeforeEach
    void start() throws Refused {
        world = new World(directory);
        context = world.context("icf.901-70");
        icf = newIcf(LIMITS);
        card = activeCard(PCID);
    }

    @AfterEach
    void stop() {
        icf.close();
    }

    private InitialConnectivity newIcf(GsupLimits limits) {
        return newIcf(limits, 0);
    }

    private InitialConnectivity newIcf(GsupLimits limits, int port) {
        var apn = new ApnProfile("provisioning.ro", List.of(new Destination(17, "10.66.0.1/32", 5684)), 1000);
        var local = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        return new InitialConnectivity(
                context,
                new IcfSettings(List.of(new Plmn("901", "70")), apn, 3, Optional.of(new GsupSettings(local, limits))));
    }

    private Usim activeCard(String digits) throws Refused {
        AkaKey key = Usim.newKey(world.random);
        Imsi imsi = new Imsi(digits);
        icf.accept(new PcidRecord(new Pcid(imsi), key, SqnParameters.DEFAULT, World.START.plusSeconds(1_000_000)));
        icf.activate(new Pcid(imsi), World.START.minusSeconds(60), World.START.plusSeconds(86_400));
        return new Usim(imsi, key);
    }

    private InetSocketAddress home() {
        return icf.gsup().orElseThrow();
    }

    private Node node(String name) throws IOException {
        return Node.named(home(), name);
    }

    private RadioMessage.Uplink answer(AuthenticationVector vector) {
        return card.answer(
                new RadioMessage.AuthenticationRequest(1, false, Opaque.of(vector.rand()), Opaque.of(vector.autn())));
    }

    private static Optional<Integer> cause(GsupMessage answer) {
        assertThat(answer.type().isError()).as(answer.type().name()).isTrue();
        return answer.octet(GsupTag.CAUSE);
    }

    private static Optional<Integer> number(GmmCause cause) {
        return Optional.of(cause.number());
    }

    private void locate(Node node, String imsi) throws IOException {
        assertThat(node.ask(GsupType.UPDATE_LOCATION_REQUEST, imsi).type()).isEqualTo(GsupType.INSERT_DATA_REQUEST);
        assertThat(node.ask(GsupType.INSERT_DATA_RESULT, imsi).type()).isEqualTo(GsupType.UPDATE_LOCATION_RESULT);
    }

    @Test
    void servesARecordedSgsnAsItsHlr() throws Exception {
        List<RecordedFrames.Recorded> said = RecordedFrames.all().stream()
                .filter(RecordedFrames.Recorded::toHome)
                .toList();
        List<RecordedFrames.Recorded> sgsn = said.subList(said.size() - 6, said.size());
        try (Node node = new Node(home())) {
            node.raw(sgsn.get(0).octets()); // it pings before it says who it is
            assertThat(node.hearCcm().type()).isEqualTo(Ccm.Type.IDENTITY_REQUEST);
            assertThat(node.hearCcm().type()).isEqualTo(Ccm.Type.PONG);
            node.raw(said.get(0).octets());
            assertThat(node.hearCcm().type()).isEqualTo(Ccm.Type.IDENTITY_ACCEPTED);
            node.raw(sgsn.get(1).octets());

            node.raw(sgsn.get(2).octets());
            List<AuthenticationVector> vectors = node.hear().vectors();
            assertThat(vectors).hasSize(5);
            for (AuthenticationVector vector : vectors) {
                var response = (RadioMessage.AuthenticationResponse) answer(vector);
                assertThat(vector.xres().sameAs(response.res().bytes())).isTrue();
            }
            node.raw(sgsn.get(3).octets());
            GsupMessage subscription = node.hear();
            assertThat(subscription.type()).isEqualTo(GsupType.INSERT_DATA_REQUEST);
            assertThat(subscription.all(GsupTag.PDP_INFO))
                    .containsExactly(Opaque.hex("1001011102f12112100c70726f766973696f6e696e6702726f"));
            node.raw(sgsn.get(4).octets());
            assertThat(node.hear().type()).isEqualTo(GsupType.UPDATE_LOCATION_RESULT);
            node.raw(sgsn.get(5).octets());
            assertThat(new IpaFrame(IpaFrame.Kind.GSUP, node.hear().encode()).encode())
                    .isEqualTo(HexFormat.of().parseHex("000eee050e010809710000000000f10700"));
            assertThat(icf.gsupNodes()).containsExactly(SGSN);
        }
    }

    @Test
    void countsOnFromWhereTheCardSaysItIs() throws IOException {
        card.moveAhead(1000);
        try (Node node = node(SGSN)) {
            AuthenticationVector old = node.ask(
                            GsupType.SEND_AUTH_INFO_REQUEST, PCID, GsupMessage.plain(GsupTag.VECTORS_WANTED, 1))
                    .vectors()
                    .get(0);
            var failure = (RadioMessage.AuthenticationFailure) answer(old);
            GsupMessage fresh = node.ask(
                    GsupType.SEND_AUTH_INFO_REQUEST,
                    PCID,
                    GsupMessage.plain(GsupTag.AUTS, failure.auts().orElseThrow()),
                    GsupMessage.plain(GsupTag.RAND, Opaque.of(old.rand())));

            assertThat(answer(fresh.vectors().get(0))).isInstanceOf(RadioMessage.AuthenticationResponse.class);
        }
    }

    @Test
    void separatesVectorsForNewerNetworks() throws IOException {
        GsupElement radio = GsupMessage.plain(GsupTag.CURRENT_RAT_TYPE, GsupPeer.E_UTRAN);
        try (Node node = node(SGSN)) {
            AuthenticationVector older =
                    node.ask(GsupType.SEND_AUTH_INFO_REQUEST, PCID).vectors().get(0);
            AuthenticationVector newer = node.ask(GsupType.SEND_AUTH_INFO_REQUEST, PCID, radio)
                    .vectors()
                    .get(0);

            assertThat(older.autn()[6]).isZero();
            assertThat(newer.autn()[6]).isEqualTo((byte) 0x80);
            assertThat(answer(newer)).isInstanceOf(RadioMessage.AuthenticationResponse.class);
        }
    }

    @Test
    void givesEachNodePlacesOfItsOwnSoThatVectorsMayCrossOnTheWay() throws IOException {
        try (Node one = node("one");
                Node two = node("two")) {
            List<AuthenticationVector> early =
                    one.ask(GsupType.SEND_AUTH_INFO_REQUEST, PCID).vectors();
            List<AuthenticationVector> late =
                    two.ask(GsupType.SEND_AUTH_INFO_REQUEST, PCID).vectors();

            assertThat(answer(late.get(4))).isInstanceOf(RadioMessage.AuthenticationResponse.class);
            assertThat(answer(early.get(0))).isInstanceOf(RadioMessage.AuthenticationResponse.class);
        }
    }

    @Test
    void saysWhyNot() throws Exception {
        icf.accept(new PcidRecord(
                Pcid.of(OTHER), Usim.newKey(world.random), SqnParameters.DEFAULT, World.START.plusSeconds(1000)));
        GsupElement auts = GsupMessage.plain(GsupTag.AUTS, Opaque.of(new byte[14]));
        GsupElement rand = GsupMessage.plain(GsupTag.RAND, Opaque.of(new byte[16]));
        GsupElement circuits = GsupMessage.plain(GsupTag.CN_DOMAIN, 2);
        try (Node node = node(SGSN)) {
            assertThat(cause(node.ask(GsupType.SEND_AUTH_INFO_REQUEST, "901709999999999")))
                    .isEqualTo(number(GmmCause.IMSI_UNKNOWN));
            assertThat(cause(node.ask(GsupType.SEND_AUTH_INFO_REQUEST, OTHER)))
                    .isEqualTo(number(GmmCause.GPRS_NOT_ALLOWED));
            assertThat(cause(node.ask(GsupType.SEND_AUTH_INFO_REQUEST, PCID, auts, rand)))
                    .isEqualTo(number(GmmCause.SYNCH_FAILURE));
            assertThat(cause(node.ask(GsupType.SEND_AUTH_INFO_REQUEST, PCID, auts)))
                    .isEqualTo(number(GmmCause.INVALID_MANDATORY_INFORMATION));
            assertThat(cause(node.ask(GsupType.UPDATE_LOCATION_REQUEST, OTHER)))
                    .isEqualTo(number(GmmCause.GPRS_NOT_ALLOWED));
            assertThat(cause(node.ask(GsupType.UPDATE_LOCATION_REQUEST, PCID, circuits)))
                    .isEqualTo(number(GmmCause.PLMN_NOT_ALLOWED));
            assertThat(cause(node.ask(GsupType.INSERT_DATA_REQUEST, PCID)))
                    .isEqualTo(number(GmmCause.MESSAGE_TYPE_NOT_IMPLEMENTED));
            node.sayGsup(HexFormat.of().parseHex("08010809710000000000f128020101"));
            assertThat(cause(node.hear())).isEqualTo(number(GmmCause.INVALID_MANDATORY_INFORMATION));
        }
    }

    @Test
    void saysNoToWhoeverHasNotSaidWhoItIs() throws IOException {
        try (Node node = new Node(home())) {
            assertThat(cause(node.ask(GsupType.SEND_AUTH_INFO_REQUEST, PCID)))
                    .isEqualTo(number(GmmCause.NETWORK_FAILURE));
        }
    }

    @Test
    void countsLocationUpdatesAndRefusesAPcidThatComesAgainAndAgain() throws IOException {
        try (Node node = node(SGSN)) {
            for (int i = 0; i < 3; i++) {
                locate(node, PCID);
            }
            assertThat(cause(node.ask(GsupType.UPDATE_LOCATION_REQUEST, PCID)))
                    .isEqualTo(number(GmmCause.GPRS_NOT_ALLOWED));
        }
    }

    @Test
    void namesWhoeverAskedThroughAProxy() throws IOException {
        GsupElement source = GsupMessage.plain(GsupTag.SOURCE_NAME, Opaque.hex("534753"));
        try (Node node = node(SGSN)) {
            GsupMessage answer = node.ask(GsupType.SEND_AUTH_INFO_REQUEST, PCID, source);
            assertThat(answer.find(GsupTag.DESTINATION_NAME)).contains(Opaque.hex("534753"));
        }
    }

    @Test
    void cutsOffWhoTalksNonsenseAndServesTheOthers() throws IOException {
        try (Node good = node("good")) {
            for (String nonsense : List.of(
                    "GET / HTTP/1.1\r\n\r\n", "\u0000\u0001\u00fe\u0099", "\u0000\u0003\u00ee\u0005\u0008\u0001")) {
                try (Node bad = node("bad")) {
                    bad.raw(nonsense.getBytes(StandardCharsets.ISO_8859_1));
                    assertThat(bad.isCut()).as(nonsense).isTrue();
                }
                assertThat(good.ask(GsupType.SEND_AUTH_INFO_REQUEST, PCID).vectors())
                        .hasSize(5);
            }
        }
    }

    @Test
    void takesASecondConnectionOfTheSameNameForAMistake() throws IOException {
        try (Node first = node(SGSN);
                Node second = new Node(home())) {
            assertThat(second.identify(SGSN)).isEqualTo(Ccm.Type.IDENTITY_REFUSED);
            assertThat(second.isCut()).isTrue();
            assertThat(first.ask(GsupType.SEND_AUTH_INFO_REQUEST, PCID).vectors())
                    .hasSize(5);
        }
        world.await("the name is free", () -> icf.gsupNodes().isEmpty());
        node(SGSN).close();
    }

    @Test
    void letsNoMoreNodesInThanThereIsRoomFor() throws IOException {
        try (Node one = node("1");
                Node two = node("2");
                Node three = node("3");
                Node four = new Node(home())) {
            assertThat(four.isCut()).isTrue();
            for (Node node : List.of(one, two, three)) {
                node.say(Ccm.of(Ccm.Type.PING));
                assertThat(node.hearCcm().type()).isEqualTo(Ccm.Type.PONG);
            }
        }
    }

    @Test
    void cutsOffWhoDoesNotSayWhoItIsOrIsNotThereAnyMore() throws IOException {
        icf.close();
        Duration soon = Duration.ofMillis(300);
        icf = newIcf(new GsupLimits(soon, 3, 1, soon, soon, soon));
        try (Node shy = new Node(home());
                Node dead = node("dead");
                Node late = node("late")) {
            assertThat(late.ask(GsupType.UPDATE_LOCATION_REQUEST, PCID).type()).isEqualTo(GsupType.INSERT_DATA_REQUEST);
            assertThat(cause(late.hear())).isEqualTo(number(GmmCause.NETWORK_FAILURE));
            assertThat(shy.isCut()).isTrue();
            assertThat(dead.isCut()).isTrue();
        }
        try (Node alive = node("alive")) {
            for (int i = 0; i < 3; i++) {
                assertThat(alive.hearCcm().type()).isEqualTo(Ccm.Type.PING);
                alive.say(Ccm.of(Ccm.Type.PONG));
            }
            assertThat(icf.gsupNodes()).containsExactly("alive");
        }
    }

    @Test
    void cutsOffWhoAsksAndDoesNotRead() throws IOException {
        byte[] pings = new byte[4 * 16_384];
        for (int i = 0; i < pings.length; i += 4) {
            System.arraycopy(new byte[] {0, 1, (byte) 0xfe, 0}, 0, pings, i, 4);
        }
        try (Node deaf = node("deaf");
                Node good = node("good")) {
            Thread talker = new Thread(() -> {
                try {
                    while (!deaf.socket.isClosed()) {
                        deaf.raw(pings);
                    }
                } catch (IOException cut) {
                    assertThat(cut).isNotNull();
                }
            });
            talker.start();
            world.await("deaf node is cut off", () -> !icf.gsupNodes().contains("deaf"));
            assertThat(good.ask(GsupType.SEND_AUTH_INFO_REQUEST, PCID).vectors())
                    .hasSize(5);
        }
    }

    @Test
    void holdsNoMoreLocationUpdatesOpenThanAgreed() throws Exception {
        Usim second = activeCard(OTHER);
        try (Node node = node(SGSN)) {
            assertThat(node.ask(GsupType.UPDATE_LOCATION_REQUEST, PCID).type()).isEqualTo(GsupType.INSERT_DATA_REQUEST);
            assertThat(cause(node.ask(GsupType.UPDATE_LOCATION_REQUEST, second.imsi.digits())))
                    .isEqualTo(number(GmmCause.CONGESTION));
            assertThat(cause(node.ask(GsupType.INSERT_DATA_ERROR, PCID))).isEqualTo(number(GmmCause.NETWORK_FAILURE));
            locate(node, second.imsi.digits());
        }
    }

    @Test
    void tellsTheNodeThatAPcidIsOver() throws Exception {
        try (Node node = node(SGSN)) {
            locate(node, PCID);
            icf.deactivate(Pcid.of(PCID));

            GsupMessage cancel = node.hear();
            assertThat(cancel.type()).isEqualTo(GsupType.LOCATION_CANCEL_REQUEST);
            assertThat(cancel.imsi().digits()).isEqualTo(PCID);
            assertThat(cancel.octet(GsupTag.CANCEL_TYPE)).contains(GsupPeer.WITHDRAWN);
        }
    }

    @Test
    void tellsItEvenWhenBothWereAwayInBetween() throws Exception {
        try (Node node = node(SGSN)) {
            locate(node, PCID);
        }
        world.await("disconnected", () -> icf.gsupNodes().isEmpty());
        icf.deactivate(Pcid.of(PCID));
        icf.close();
        icf = newIcf(LIMITS);
        try (Node node = node(SGSN)) {
            assertThat(node.hear().type()).isEqualTo(GsupType.LOCATION_CANCEL_REQUEST);
            node.say(GsupMessage.of(GsupType.LOCATION_CANCEL_RESULT, new Imsi(PCID)));
            world.await(
                    "forgotten",
                    () -> world.number("icf.901-70", "gsup.db", "SELECT COUNT(*) FROM gsup_location") == 0);
        }
    }

    @Test
    void tellsTheOldNodeThatTheSubscriberIsElsewhere() throws IOException {
        try (Node before = node("before");
                Node now = node("now")) {
            locate(before, PCID);
            locate(now, PCID);

            GsupMessage cancel = before.hear();
            assertThat(cancel.type()).isEqualTo(GsupType.LOCATION_CANCEL_REQUEST);
            assertThat(cancel.octet(GsupTag.CANCEL_TYPE)).contains(GsupPeer.MOVED);
        }
    }
}
