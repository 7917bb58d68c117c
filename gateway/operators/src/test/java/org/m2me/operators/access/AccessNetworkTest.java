// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.radio.GmmCause;
import org.m2me.protocol.radio.RadioMessage;
import org.m2me.protocol.radio.SmCause;
import org.m2me.protocol.radio.TunnelEndpoint;
import org.m2me.protocol.step.Step;

/** A whole attach against a real ICF: real vectors, real sockets, real packets. */
final class AccessNetworkTest extends AccessFixture {
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
}
