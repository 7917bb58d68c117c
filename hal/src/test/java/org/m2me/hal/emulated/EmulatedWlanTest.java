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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.m2me.hal.Bearer;
import org.m2me.hal.at.AtLog;
import org.m2me.hal.at.AtPort;
import org.m2me.hal.at.AtWlan;

class EmulatedWlanTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** One network, whose DHCP server names the DRF. */
    private static Hotspot.Joined hotspot(String network) throws IOException {
        if (!network.equals("Open \"way\" in")) {
            throw new IOException("no such network");
        }
        return new Hotspot.Joined(new TestRadio.TestSession(), Map.of(224, "coaps://drf.example:5684/\\"));
    }

    @Test
    void joinsANetworkAndCarriesDatagrams() throws Exception {
        List<String> log = new ArrayList<>();
        try (EmulatedWlan emulated = new EmulatedWlan(EmulatedWlanTest::hotspot);
                AtWlan wlan = new AtWlan(
                        () -> AtPort.open(emulated.port()), System::nanoTime, new AtLog(log::add, System::nanoTime));
                DatagramSocket server = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                DatagramSocket client = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(30_000);
            client.setSoTimeout(30_000);

            Bearer bearer = wlan.join("Open \"way\" in", LIMIT);
            assertThat(bearer.address().getHostAddress()).isEqualTo("10.1.2.3");
            assertThat(wlan.dhcpOption(224)).hasValue("coaps://drf.example:5684/\\");
            assertThat(wlan.dhcpOption(42)).isEmpty();

            InetSocketAddress forwarder = bearer.towards((InetSocketAddress) server.getLocalSocketAddress());
            client.send(new DatagramPacket(new byte[] {1, 2}, 2, forwarder));
            DatagramPacket got = new DatagramPacket(new byte[9], 9);
            server.receive(got);
            server.send(new DatagramPacket(new byte[] {3}, 1, got.getSocketAddress()));
            client.receive(got);
            assertThat(bearer.counters()).isEqualTo(new Bearer.Counters(1, 30, 1, 29));

            bearer.close();
            assertThat(bearer.isUp()).isFalse();
            assertThat(wlan.dhcpOption(224)).isEmpty();
        }
    }

    @Test
    void saysWhichNetworkIsNotThere() throws Exception {
        try (EmulatedWlan emulated = new EmulatedWlan(EmulatedWlanTest::hotspot);
                AtWlan wlan = new AtWlan(
                        () -> AtPort.open(emulated.port()),
                        System::nanoTime,
                        new AtLog(line -> {}, System::nanoTime))) {
            assertThatThrownBy(() -> wlan.join("Elsewhere", LIMIT))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("Elsewhere");
        }
    }
}
