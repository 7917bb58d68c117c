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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.m2me.operators.AuthenticationCentre;
import org.m2me.operators.AuthenticationCentre.ApnProfile;
import org.m2me.operators.AuthenticationCentre.Destination;
import org.m2me.protocol.aka.AuthenticationVector;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.radio.Apn;
import org.m2me.protocol.radio.GmmCause;
import org.m2me.protocol.radio.RadioMessage;
import org.m2me.protocol.radio.SmCause;
import org.m2me.protocol.radio.TunnelEndpoint;
import org.m2me.protocol.step.Step;

/** Who is let in, and who is not. */
final class AttachTest extends AccessFixture {
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
    void survivesAHomeThatNamesADestinationThatDoesNotExist() throws IOException {
        try (AirMobile mobile = mobile()) {
            mobile.attach(card);
            homes.put(RO, new NonsenseHome());
            for (int i = 0; i < 10; i++) {
                assertThat(mobile.activate(APN))
                        .isEqualTo(new RadioMessage.ActivateReject(0, SmCause.NETWORK_FAILURE.number()));
            }
            homes.put(RO, icf);
            assertThat(mobile.open(APN).address().getHostAddress()).isEqualTo("10.45.0.2");
        }
    }

    /** A home whose subscriptions lead nowhere. */
    private static final class NonsenseHome implements AuthenticationCentre {
        @Override
        public List<AuthenticationVector> vectors(VectorRequest request) {
            throw new AssertionError("the device is attached already");
        }

        @Override
        public SubscriptionData subscription(Imsi imsi, String servingNode) {
            Destination nowhere = new Destination(17, "10.0.0.0/99", 0);
            return new SubscriptionData(imsi, List.of(new ApnProfile(APN, List.of(nowhere), 0)));
        }

        @Override
        public void usage(Imsi imsi, String session, long bytes) {}
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
}
