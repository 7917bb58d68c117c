// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.m2me.operators.AuthenticationCentre.ApnProfile;
import org.m2me.operators.AuthenticationCentre.Destination;
import org.m2me.operators.PcidRecord;
import org.m2me.operators.World;
import org.m2me.operators.ro.icf.IcfSettings;
import org.m2me.operators.ro.icf.InitialConnectivity;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.radio.Apn;
import org.m2me.protocol.radio.GmmCause;
import org.m2me.protocol.radio.RadioMessage;
import org.m2me.protocol.radio.SmCause;
import org.m2me.protocol.radio.TunnelEndpoint;
import org.m2me.protocol.step.Step;

/** A whole attach against a real ICF: real vectors, real sockets, real packets. */
class AccessNetworkTest {
    private static final Plmn RO = new Plmn("901", "70");
    private static final Plmn VNO = new Plmn("262", "42");
    private static final String APN = "provisioning.ro";
    private static final long QUOTA = 10_000;
    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);
    private static final AccessLimits LIMITS =
            new AccessLimits(Duration.ofSeconds(15), 100, 20, Duration.ofMinutes(10));

    @TempDir
    Path directory;

    private World world;
    private Homes homes;
    private Echo gateway;
    private Echo elsewhere;
    private RoleContext icfContext;
    private InitialConnectivity icf;
    private AccessNetwork network;
    private Usim card;

    @BeforeEach
    void start() throws IOException, Refused {
        world = new World(directory);
        homes = new Homes();
        gateway = new Echo();
        elsewhere = new Echo();
        icfContext = world.context("icf.901-70");
        icf = newIcf();
        network = newNetwork(LIMITS, Optional.empty());
        card = activeCard("901700000000001");
    }

    @AfterEach
    void stop() {
        network.close();
        icf.close();
        gateway.close();
        elsewhere.close();
    }

    private InitialConnectivity newIcf() {
        List<Destination> wayToGateway =
                List.of(new Destination(17, "127.0.0.1/32", gateway.address().getPort()));
        InitialConnectivity made = new InitialConnectivity(
                icfContext,
                new IcfSettings(List.of(RO), new ApnProfile(APN, wayToGateway, QUOTA), 5, Optional.empty()));
        homes.put(RO, made);
        return made;
    }

    private AccessNetwork newNetwork(AccessLimits limits, Optional<ApnProfile> openAccess) {
        return AccessNetwork.start(
                world.context("vno.262-42"),
                homes,
                new AccessSettings(
                        VNO,
                        "vno.262-42",
                        InetAddress.getLoopbackAddress(),
                        0,
                        "10.45.0.0/24",
                        List.of(RO),
                        openAccess,
                        limits,
                        List.of()));
    }

    private Usim activeCard(String digits) throws Refused {
        Usim fresh = acceptedCard(digits);
        icf.activate(new Pcid(fresh.imsi), World.START.minusSeconds(60), World.START.plusSeconds(86_400));
        return fresh;
    }

    private Usim acceptedCard(String digits) throws Refused {
        AkaKey key = Usim.newKey(world.random);
        Imsi imsi = new Imsi(digits);
        icf.accept(new PcidRecord(new Pcid(imsi), key, SqnParameters.DEFAULT, World.START.plusSeconds(1_000_000)));
        return new Usim(imsi, key);
    }

    private AirMobile mobile() throws IOException {
        return new AirMobile(network.signalling());
    }

    private AccessNetwork.Session session() {
        return network.attached().get(0).sessions().get(0);
    }

    private long dropped(Drop reason) {
        return session().traffic().dropped(reason);
    }

    @Test
    void attachesWithAPcidAndReachesTheGatewayOnly() throws IOException {
        try (AirMobile mobile = mobile()) {
            assertThat(mobile.attach(card)).isInstanceOf(RadioMessage.AttachAccept.class);
            var session = mobile.open(APN);
            mobile.send(session.tunnel(), AirMobile.packet(session.address(), gateway.address(), HELLO));
            var echo = mobile.receive();
            assertThat(echo.payload()).isEqualTo(HELLO);
            assertThat(echo.source()).isEqualTo(gateway.address().getAddress());
            assertThat(echo.sourcePort()).isEqualTo(gateway.address().getPort());
            assertThat(echo.destination()).isEqualTo(session.address());
            assertThat(echo.destinationPort()).isEqualTo(40_000);
            assertThat(session().traffic().bytesUp()).isEqualTo(28 + HELLO.length);
            assertThat(session().traffic().packetsDown()).isEqualTo(1);
        }
        assertThat(world.taken())
                .containsExactly(
                        Step.ATTACH_WITH_PCID, Step.CONTACT_ICF, Step.TRANSFER_VECTORS, Step.PROVIDE_CONNECTIVITY);
        assertThat(world.steps).allMatch(event -> event.subject().equals(card.imsi.digits()));
        assertThat(world.steps).allMatch(event -> event.bytesOut() > 0);
    }

    @Test
    void dropsAndCountsWhatTheAccessPointDoesNotAllow() throws IOException {
        try (AirMobile mobile = mobile()) {
            mobile.attach(card);
            var session = mobile.open(APN);
            mobile.send(session.tunnel(), AirMobile.packet(session.address(), elsewhere.address(), HELLO));
            var otherHost = new InetSocketAddress("127.0.0.2", gateway.address().getPort());
            mobile.send(session.tunnel(), AirMobile.packet(session.address(), otherHost, HELLO));
            byte[] tcp = AirMobile.packet(session.address(), gateway.address(), HELLO);
            tcp[9] = 6;
            fixChecksum(tcp);
            mobile.send(session.tunnel(), tcp);
            mobile.send(session.tunnel(), AirMobile.packet(session.address(), gateway.address(), HELLO));
            assertThat(mobile.receive().payload()).isEqualTo(HELLO);
            assertThat(dropped(Drop.FILTERED)).isEqualTo(2);
            assertThat(dropped(Drop.PROTOCOL)).isEqualTo(1);
            assertThat(elsewhere.heard()).isZero();
            assertThat(gateway.heard()).isEqualTo(1);
        }
    }

    private static void fixChecksum(byte[] packet) {
        packet[10] = 0;
        packet[11] = 0;
        int sum = 0;
        for (int i = 0; i < 20; i += 2) {
            sum += (packet[i] & 0xff) << 8 | (packet[i + 1] & 0xff);
        }
        int folded = ~((sum & 0xffff) + (sum >> 16));
        packet[10] = (byte) (folded >> 8);
        packet[11] = (byte) folded;
    }

    @Test
    void dropsSpoofedSourcesStrangersAndWrongTunnels() throws IOException {
        try (AirMobile mobile = mobile();
                AirMobile stranger = mobile()) {
            mobile.attach(card);
            var session = mobile.open(APN);
            var other = (Inet4Address) InetAddress.getByName("10.45.0.99");
            byte[] genuine = AirMobile.packet(session.address(), gateway.address(), HELLO);
            mobile.send(session.tunnel(), AirMobile.packet(other, gateway.address(), HELLO));
            stranger.send(session.tunnel(), genuine);
            TunnelEndpoint wrong =
                    new TunnelEndpoint(session.tunnel().port(), session.tunnel().teid() ^ 1);
            mobile.send(wrong, genuine);
            mobile.send(session.tunnel(), new byte[] {0x45, 0, 0, 1});
            mobile.send(session.tunnel(), genuine);
            assertThat(mobile.receive().payload()).isEqualTo(HELLO);
            assertThat(gateway.heard()).isEqualTo(1);
            assertThat(dropped(Drop.SPOOFED_SOURCE)).isEqualTo(1);
            assertThat(dropped(Drop.WRONG_SENDER)).isEqualTo(1);
            assertThat(dropped(Drop.MALFORMED)).isEqualTo(1);
            assertThat(network.unknownTunnel()).isEqualTo(1);
        }
    }

    @Test
    void letsNobodyInWhoWasNotSpokenTo() throws IOException {
        try (AirMobile mobile = mobile()) {
            mobile.attach(card);
            var session = mobile.open(APN);
            mobile.send(session.tunnel(), AirMobile.packet(session.address(), gateway.address(), HELLO));
            mobile.receive();
            try (var outsider = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
                outsider.send(new DatagramPacket(HELLO, HELLO.length, gateway.last()));
            }
            assertThat(mobile.hearsNothing()).isTrue();
            assertThat(dropped(Drop.UNSOLICITED)).isEqualTo(1);
        }
    }

    @Test
    void refusesAWrongResAndOpensNothing() throws IOException {
        try (AirMobile mobile = mobile()) {
            var answer = mobile.attach(
                    card,
                    request -> new RadioMessage.AuthenticationResponse(
                            request.reference(), Opaque.hex("0102030405060708"), Optional.empty()));
            assertThat(answer).isEqualTo(new RadioMessage.AuthenticationReject());
            assertThat(mobile.isCut()).isTrue();
        }
        assertThat(network.attached()).isEmpty();
        assertThat(world.codes(Step.PROVIDE_CONNECTIVITY)).containsExactly(ResultCode.AUTHENTICATION_FAILED);
    }

    @Test
    void refusesAResOfWhichOnlyTheBeginningIsRight() throws IOException {
        try (AirMobile mobile = mobile()) {
            var answer = mobile.attach(card, request -> {
                var right = (RadioMessage.AuthenticationResponse) card.answer(request);
                Opaque cut = Opaque.of(Arrays.copyOf(right.res().bytes(), 4));
                return new RadioMessage.AuthenticationResponse(right.reference(), cut, Optional.empty());
            });
            assertThat(answer).isEqualTo(new RadioMessage.AuthenticationReject());
        }
    }

    @Test
    void resynchronisesACardThatIsAheadAndLetsItIn() throws IOException {
        card.moveAhead(1010);
        List<RadioMessage.AuthenticationRequest> challenges = new ArrayList<>();
        try (AirMobile mobile = mobile()) {
            var answer = mobile.attach(card, request -> {
                challenges.add(request);
                return card.answer(request);
            });
            assertThat(answer).isInstanceOf(RadioMessage.AttachAccept.class);
        }
        assertThat(challenges).hasSize(2);
        assertThat(card.highest() >> 5).isEqualTo(1011);
        assertThat(world.codes(Step.TRANSFER_VECTORS)).containsExactly(ResultCode.OK);
    }

    @Test
    void refusesACardThatKeepsResynchronising() throws IOException {
        card.moveAhead(1010);
        RadioMessage.Uplink[] first = new RadioMessage.Uplink[1];
        try (AirMobile mobile = mobile()) {
            var answer = mobile.attach(card, request -> {
                if (first[0] == null) {
                    first[0] = card.answer(request);
                }
                return first[0]; // its AUTS answers another RAND
            });
            assertThat(answer).isEqualTo(new RadioMessage.AuthenticationReject());
        }
    }

    @Test
    void refusesACardWithAnotherKey() throws IOException {
        Usim copy = new Usim(card.imsi, Usim.newKey(world.random));
        try (AirMobile mobile = mobile()) {
            assertThat(mobile.attach(copy)).isEqualTo(new RadioMessage.AuthenticationReject());
        }
        assertThat(world.codes(Step.PROVIDE_CONNECTIVITY)).containsExactly(ResultCode.AUTHENTICATION_FAILED);
    }

    @Test
    void refusesUnknownInactiveAndForeignSubscriptions() throws IOException, Refused {
        Usim unknown = new Usim(new Imsi("901700000000099"), Usim.newKey(world.random));
        Usim inactive = acceptedCard("901700000000002");
        Usim foreign = new Usim(new Imsi("310410000000001"), Usim.newKey(world.random));
        assertThat(attach(unknown)).isEqualTo(new RadioMessage.AttachReject(GmmCause.IMSI_UNKNOWN.number()));
        assertThat(attach(inactive)).isEqualTo(new RadioMessage.AttachReject(GmmCause.GPRS_NOT_ALLOWED.number()));
        assertThat(attach(foreign)).isEqualTo(new RadioMessage.AttachReject(GmmCause.PLMN_NOT_ALLOWED.number()));
        assertThat(world.codes(Step.TRANSFER_VECTORS))
                .containsExactly(ResultCode.PCID_UNKNOWN, ResultCode.PCID_NOT_ACTIVE);
        assertThat(world.steps).noneMatch(event -> event.subject().equals(foreign.imsi.digits()));
    }

    private RadioMessage.Downlink attach(Usim with) throws IOException {
        try (AirMobile mobile = mobile()) {
            return mobile.attach(with);
        }
    }

    @Test
    void passesNothingBeforeAuthentication() throws IOException {
        try (AirMobile mobile = mobile()) {
            mobile.say(new RadioMessage.ActivateRequest(0, new Apn(APN), mobile.here()));
            assertThat(mobile.isCut()).isTrue();
        }
        int plane;
        try (AirMobile attached = mobile()) {
            attached.attach(card);
            plane = attached.open(APN).tunnel().port();
        }
        try (AirMobile mobile = mobile()) {
            var guess = new TunnelEndpoint(plane, 1);
            var address = (Inet4Address) InetAddress.getByName("10.45.0.2");
            mobile.send(guess, AirMobile.packet(address, gateway.address(), HELLO));
            world.await("the packet to be counted", () -> network.unknownTunnel() == 1);
            assertThat(gateway.heard()).isZero();
        }
    }

    @Test
    void refusesAnAccessPointThatIsNotSubscribed() throws IOException {
        try (AirMobile mobile = mobile()) {
            mobile.attach(card);
            assertThat(mobile.activate("internet"))
                    .isEqualTo(new RadioMessage.ActivateReject(0, SmCause.NOT_SUBSCRIBED.number()));
            assertThat(mobile.open(APN).transaction()).isZero();
        }
    }

    @Test
    void endsASessionWhoseQuotaIsOverAndRefusesTheNext() throws IOException {
        try (AirMobile mobile = mobile()) {
            mobile.attach(card);
            var session = mobile.open(APN);
            byte[] large = AirMobile.packet(session.address(), gateway.address(), new byte[1400]);
            for (int i = 0; i < 10; i++) {
                mobile.send(session.tunnel(), large);
            }
            assertThat(mobile.hear()).isEqualTo(new RadioMessage.NetworkDeactivate(0, SmCause.BARRED.number()));
            assertThat(gateway.heard()).isLessThanOrEqualTo((int) (QUOTA / large.length));
        }
        try (AirMobile mobile = mobile()) {
            mobile.attach(card);
            // What the first session left is less than a large packet.
            var session = mobile.open(APN);
            mobile.send(session.tunnel(), AirMobile.packet(session.address(), gateway.address(), new byte[1400]));
            assertThat(mobile.hear()).isEqualTo(new RadioMessage.NetworkDeactivate(0, SmCause.BARRED.number()));
        }
    }

    @Test
    void tellsTheHomeWhatASessionUsedAlsoWhenItIsAwayForAWhile() throws IOException, Refused {
        try (AirMobile mobile = mobile()) {
            mobile.attach(card);
            var session = mobile.open(APN);
            mobile.send(session.tunnel(), AirMobile.packet(session.address(), gateway.address(), new byte[1000]));
            mobile.receive();
            icf.close();
            mobile.say(new RadioMessage.DetachRequest(false, Optional.empty()));
            assertThat(mobile.hear()).isEqualTo(new RadioMessage.DetachAccept());
        }
        icf = newIcf();
        world.await("the report", () -> remaining() == QUOTA - 2 * 1028);
    }

    private long remaining() {
        try {
            return icf.subscription(card.imsi, "vno.262-42").apns().get(0).quota();
        } catch (Refused e) {
            return 0;
        }
    }

    @Test
    void endsTheSessionWhenTheDeviceDetachesOrDeactivates() throws IOException {
        try (AirMobile mobile = mobile()) {
            mobile.attach(card);
            var first = mobile.open(APN);
            mobile.say(new RadioMessage.DeactivateRequest(0, SmCause.REGULAR_DEACTIVATION.number()));
            assertThat(mobile.hear()).isEqualTo(new RadioMessage.DeactivateAccept(0));
            mobile.send(first.tunnel(), AirMobile.packet(first.address(), gateway.address(), HELLO));
            world.await("the packet to be counted", () -> network.unknownTunnel() == 1);
            var second = mobile.open(APN);
            mobile.say(new RadioMessage.DetachRequest(false, Optional.empty()));
            assertThat(mobile.hear()).isEqualTo(new RadioMessage.DetachAccept());
            mobile.send(second.tunnel(), AirMobile.packet(second.address(), gateway.address(), HELLO));
            world.await("the packet to be counted", () -> network.unknownTunnel() == 2);
        }
        assertThat(gateway.heard()).isZero();
        world.await("nobody to be attached", () -> network.attached().isEmpty());
    }

    @Test
    void authenticatesAcrossARestartOfTheIcfBetweenVectorsAndRes() throws IOException {
        try (AirMobile mobile = mobile()) {
            var answer = mobile.attach(card, request -> {
                icf.close();
                icf = newIcf();
                return card.answer(request);
            });
            assertThat(answer).isInstanceOf(RadioMessage.AttachAccept.class);
            assertThat(mobile.open(APN).transaction()).isZero();
        }
    }

    @Test
    void saysNetworkFailureWhileTheHomeIsAway() throws IOException {
        icf.close();
        assertThat(attach(card)).isEqualTo(new RadioMessage.AttachReject(GmmCause.NETWORK_FAILURE.number()));
        icf = newIcf();
        assertThat(attach(card)).isInstanceOf(RadioMessage.AttachAccept.class);
    }

    @Test
    void givesUpAnOlderAttachmentOfTheSameSubscriber() throws IOException {
        try (AirMobile before = mobile();
                AirMobile after = mobile()) {
            before.attach(card);
            var session = before.open(APN);
            assertThat(after.attach(card)).isInstanceOf(RadioMessage.AttachAccept.class);
            assertThat(before.hear()).isInstanceOf(RadioMessage.NetworkDetach.class);
            assertThat(before.isCut()).isTrue();
            before.send(session.tunnel(), AirMobile.packet(session.address(), gateway.address(), HELLO));
            world.await("the packet to be counted", () -> network.unknownTunnel() == 1);
        }
    }

    @Test
    void detachesASubscriberWhoIsDeactivatedAtItsNextReport() throws IOException, Refused {
        try (AirMobile mobile = mobile()) {
            mobile.attach(card);
            mobile.open(APN);
            icf.deactivate(new Pcid(card.imsi));
            mobile.say(new RadioMessage.DeactivateRequest(0, SmCause.REGULAR_DEACTIVATION.number()));
            assertThat(mobile.hear()).isEqualTo(new RadioMessage.DeactivateAccept(0));
            assertThat(mobile.hear())
                    .isEqualTo(new RadioMessage.NetworkDetach(false, GmmCause.GPRS_NOT_ALLOWED.number()));
        }
    }

    @Test
    void dropsAttachmentsWhenItRestartsAndLetsThemInAgain() throws IOException {
        try (AirMobile mobile = mobile()) {
            mobile.attach(card);
            mobile.open(APN);
            network.close();
            network = newNetwork(LIMITS, Optional.empty());
            assertThat(mobile.isCut()).isTrue();
        }
        assertThat(attach(card)).isInstanceOf(RadioMessage.AttachAccept.class);
    }

    @Test
    void endsSessionsThatAreIdle() throws IOException {
        try (AirMobile mobile = mobile()) {
            mobile.attach(card);
            mobile.open(APN);
            world.clock.advance(LIMITS.idle());
            assertThat(mobile.hear())
                    .isEqualTo(new RadioMessage.NetworkDeactivate(0, SmCause.REGULAR_DEACTIVATION.number()));
        }
    }

    @Test
    void letsADeviceWithoutIdentityReachTheDrfOnlyWhereThatIsPermitted() throws IOException {
        try (AirMobile mobile = mobile()) {
            assertThat(mobile.attachByImei())
                    .isEqualTo(new RadioMessage.AttachReject(GmmCause.IMEI_NOT_ACCEPTED.number()));
        }
        network.close();
        var toDrf =
                List.of(new Destination(17, "127.0.0.1/32", gateway.address().getPort()));
        network = newNetwork(LIMITS, Optional.of(new ApnProfile("open.drf", toDrf, 0)));
        try (AirMobile mobile = mobile()) {
            assertThat(mobile.attachByImei()).isInstanceOf(RadioMessage.AttachAccept.class);
            assertThat(mobile.activate(APN))
                    .isEqualTo(new RadioMessage.ActivateReject(0, SmCause.NOT_SUBSCRIBED.number()));
            var session = mobile.open("open.drf");
            mobile.send(session.tunnel(), AirMobile.packet(session.address(), elsewhere.address(), HELLO));
            mobile.send(session.tunnel(), AirMobile.packet(session.address(), gateway.address(), HELLO));
            assertThat(mobile.receive().payload()).isEqualTo(HELLO);
            assertThat(elsewhere.heard()).isZero();
        }
        assertThat(world.steps).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0000", // a frame of nothing
                "ffff08", // a frame beyond the limit
                "00020803", // attach complete before anything
                "0003080100", // an attach request cut short
                "00020aff", // no such message
                "474554202f20485454502f312e310d0a0d0a" // another protocol
            })
    void cutsOffWhoeverSaysWhatIsNoMessage(String hex) throws IOException {
        try (AirMobile mobile = mobile()) {
            mobile.sendRaw(Opaque.hex(hex).bytes());
            assertThat(mobile.isCut()).isTrue();
        }
        assertThat(attach(card)).isInstanceOf(RadioMessage.AttachAccept.class);
    }

    @Test
    void cutsOffWhoeverSaysTooMuch() throws IOException {
        try (AirMobile mobile = mobile()) {
            mobile.attach(card);
            byte[] idle = new RadioMessage.NetworkDeactivateAccept(0).encode();
            for (int i = 0; i < 2 * LIMITS.framesPerSecond(); i++) {
                mobile.sendFrame(idle);
            }
            assertThat(mobile.isCut()).isTrue();
        }
    }

    @Test
    void cutsOffWhoeverDoesNotFinishItsAttach() throws IOException {
        network.close();
        network =
                newNetwork(new AccessLimits(Duration.ofMillis(100), 100, 20, Duration.ofMinutes(10)), Optional.empty());
        try (AirMobile silent = mobile();
                AirMobile slow = mobile()) {
            slow.sendRaw(new byte[] {0});
            assertThat(silent.isCut()).isTrue();
            assertThat(slow.isCut()).isTrue();
        }
    }

    @Test
    void letsNoMoreInThanItCanServe() throws IOException {
        network.close();
        network = newNetwork(new AccessLimits(Duration.ofSeconds(15), 1, 20, Duration.ofMinutes(10)), Optional.empty());
        try (AirMobile first = mobile()) {
            assertThat(first.attach(card)).isInstanceOf(RadioMessage.AttachAccept.class);
            try (AirMobile second = mobile()) {
                assertThat(second.isCut()).isTrue();
            }
        }
    }
}
