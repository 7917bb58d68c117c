// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.emulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.m2me.hal.Bearer;
import org.m2me.hal.Modem;
import org.m2me.hal.ModemException;
import org.m2me.hal.UiccChannel;
import org.m2me.hal.Until;

/** The emulated modem and the driver for real ones, against each other over sockets. */
class EmulatedModemTest extends EmulatedModemFixture {
    private OptionalInt causeOfRefusal() throws Exception {
        try {
            Modem.Registration unexpected = modem.register(LIMIT);
            throw new AssertionError("registered: " + unexpected);
        } catch (ModemException e) {
            return e.networkCause();
        }
    }

    @Test
    void tellsWhoItIs() throws Exception {
        Modem.Identity identity = modem.start(LIMIT);

        assertThat(identity).isEqualTo(new Modem.Identity("M2ME", "Emulated modem", "1", IMEI));
        assertThat(modem.start(LIMIT)).as("a second start").isEqualTo(identity);
    }

    @Test
    void registersWithTheHomeNetworkEvenIfAnotherIsStronger() throws Exception {
        insert(card);
        modem.start(LIMIT);

        assertThat(modem.register(LIMIT)).isEqualTo(new Modem.Registration("90170", true));
        assertThat(radio.attached).containsExactly("90170/" + PCID + "/" + IMEI);
        assertThat(modem.signal()).hasValue(-95);
    }

    @Test
    void roamsInTheStrongestNetworkWhenItsOwnIsNotThere() throws Exception {
        radio.networks = List.of(new Radio.Network("20801", "Weaker", -90), TestRadio.STRONG);
        insert(card);
        modem.start(LIMIT);

        assertThat(modem.register(LIMIT)).isEqualTo(new Modem.Registration("26202", false));
    }

    @Test
    void registersWhenTheCardComesAfterTheStart() throws Exception {
        modem.start(LIMIT);
        insert(card);

        assertThat(modem.register(LIMIT).plmn()).isEqualTo("90170");
    }

    @Test
    void tellsTheCauseWithWhichTheNetworkRefuses() throws Exception {
        radio.networks = List.of(TestRadio.WEAK);
        radio.refusals.put("90170", 7);
        insert(card);
        modem.start(LIMIT);

        assertThat(causeOfRefusal()).hasValue(7);
        assertThat(causeOfRefusal()).as("asked again").hasValue(7);

        radio.refusals.clear();
        assertThat(modem.register(LIMIT).plmn()).isEqualTo("90170");
    }

    @Test
    void triesAnotherNetworkWhenTheFirstDoesNotAllowIt() throws Exception {
        radio.refusals.put("90170", 11);
        insert(card);
        modem.start(LIMIT);

        assertThat(modem.register(LIMIT)).isEqualTo(new Modem.Registration("26202", false));
    }

    @Test
    void triesAgainByItselfWhenTheNetworkHasATroubleThatPasses() throws Exception {
        radio.networks = List.of(TestRadio.WEAK);
        radio.autnStart = TestCard.USED_SQN; // answered by AUTS, which this network does not understand: cause 17
        insert(card);
        modem.start(LIMIT);

        assertThat(causeOfRefusal()).hasValue(17);
    }

    @Test
    void isRefusedWhenTheMacIsWrong() throws Exception {
        radio.networks = List.of(TestRadio.WEAK);
        radio.autnStart = TestCard.WRONG_MAC;
        insert(card);
        modem.start(LIMIT);

        assertThat(causeOfRefusal()).hasValue(3);
    }

    @Test
    void doesNotRegisterWithoutACard() throws Exception {
        modem.start(LIMIT);

        assertThatThrownBy(() -> modem.register(Duration.ofSeconds(2))).hasMessageContaining("no registration");
        assertThat(radio.attached).isEmpty();
    }

    @Test
    void carriesDatagramsBothWays() throws Exception {
        insert(card);
        modem.start(LIMIT);
        modem.register(LIMIT);
        try (DatagramSocket server = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                DatagramSocket client = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            InetSocketAddress destination = (InetSocketAddress) server.getLocalSocketAddress();
            client.setSoTimeout(30_000);
            server.setSoTimeout(30_000);

            Bearer first = modem.open("initial", LIMIT);
            InetSocketAddress forwarder = first.towards(destination);
            assertThat(first.address().getHostAddress()).isEqualTo("10.1.2.3");
            assertThat(pingPong(client, server, forwarder)).isEqualTo("ping answered");
            assertThat(first.counters()).isEqualTo(new Bearer.Counters(1, 32, 1, 41));

            Bearer second = modem.open("operational", LIMIT);
            assertThat(first.isUp()).isFalse();
            assertThat(second.towards(destination)).isEqualTo(forwarder);
            assertThat(pingPong(client, server, forwarder)).isEqualTo("ping answered");

            second.close();
            client.send(packet("lost", forwarder));
            server.setSoTimeout(200);
            assertThatThrownBy(() -> server.receive(new DatagramPacket(new byte[99], 99)))
                    .isInstanceOf(SocketTimeoutException.class);
            assertThat(second.counters()).isEqualTo(new Bearer.Counters(1, 32, 1, 41));
        }
    }

    private static String pingPong(DatagramSocket client, DatagramSocket server, InetSocketAddress forwarder)
            throws IOException {
        client.send(packet("ping", forwarder));
        DatagramPacket got = new DatagramPacket(new byte[99], 99);
        server.receive(got);
        String answer = new String(got.getData(), 0, got.getLength(), StandardCharsets.US_ASCII) + " answered";
        server.send(packet(answer, (InetSocketAddress) got.getSocketAddress()));
        DatagramPacket back = new DatagramPacket(new byte[99], 99);
        client.receive(back);
        return new String(back.getData(), 0, back.getLength(), StandardCharsets.US_ASCII);
    }

    private static DatagramPacket packet(String text, InetSocketAddress to) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return new DatagramPacket(bytes, bytes.length, to);
    }

    @Test
    void tellsTheCauseWithWhichAnAccessPointIsRefused() throws Exception {
        insert(card);
        modem.start(LIMIT);
        modem.register(LIMIT);

        assertThatThrownBy(() -> modem.open("elsewhere", LIMIT))
                .isInstanceOfSatisfying(
                        ModemException.class, e -> assertThat(e.networkCause()).hasValue(33));
    }

    @Test
    void theBearerIsDownWhenTheNetworkDetachesAndTheModemComesBack() throws Exception {
        insert(card);
        modem.start(LIMIT);
        modem.register(LIMIT);
        Bearer bearer = modem.open("initial", LIMIT);
        assertThat(bearer.isUp()).isTrue();

        radio.detach();

        Until.holds("the bearer is down", () -> !bearer.isUp());
        assertThat(modem.register(LIMIT).plmn()).isEqualTo("90170");
        assertThat(radio.attached).hasSize(2);
    }

    @Test
    void leavesTheNetworkAndComesBack() throws Exception {
        insert(card);
        modem.start(LIMIT);
        modem.register(LIMIT);

        modem.deregister(LIMIT);
        assertThat(modem.signal()).isEmpty();

        assertThat(modem.register(LIMIT).plmn()).isEqualTo("90170");
        assertThat(radio.attached).hasSize(2);
    }

    @Test
    void authenticatesThroughAChannelOfTheCard() throws Exception {
        assertAuthenticatesThroughAChannel(card);
    }

    @Test
    void authenticatesThroughACardWithoutLogicalChannels() throws Exception {
        assertAuthenticatesThroughAChannel(new TestCard(PCID, false));
    }

    private void assertAuthenticatesThroughAChannel(TestCard one) throws Exception {
        insert(one);
        modem.start(LIMIT);
        modem.register(LIMIT);
        byte[] rand = new byte[16];
        byte[] command = new byte[40];
        command[1] = (byte) 0x88;
        command[3] = (byte) 0x81;
        command[4] = 0x22;
        command[5] = 0x10;
        command[22] = 0x10;

        try (UiccChannel channel = modem.openChannel(TestCard.AID)) {
            byte[] answer = channel.transmit(command);
            assertThat(answer).hasSize(46).startsWith(0xdb, 8).endsWith(0x90, 0x00);
            assertThat(Arrays.copyOfRange(answer, 2, 10)).isEqualTo(TestCard.res(PCID, rand));
            assertThat(channel.transmit(command)).isEqualTo(answer);
        }
        assertThatThrownBy(() -> modem.openChannel(new byte[] {1, 2, 3, 4, 5}))
                .hasMessageContaining("no such application");
    }

    @Test
    void keepsIdentitiesAndKeysOutOfTheLog() throws Exception {
        insert(card);
        modem.start(LIMIT);
        modem.register(LIMIT);
        UiccChannel channel = modem.openChannel(TestCard.AID);
        channel.close();

        assertThat(log).isNotEmpty().noneMatch(line -> line.contains(PCID) || line.contains(IMEI));
    }
}
