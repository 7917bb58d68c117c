// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.radio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.hal.Bearer;
import org.m2me.hal.emulated.Radio;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.radio.GmmCause;
import org.m2me.protocol.radio.SmCause;

@Timeout(60)
class TcpRadioTest {
    private static final String IMEI = "352099001761481";
    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    Path directory;

    private Air air;
    private TcpRadio radio;

    @BeforeEach
    void start() throws IOException, Refused {
        air = new Air(directory);
        radio = air.radio();
    }

    @AfterEach
    void stop() {
        air.close();
    }

    private Radio.Attachment attach() throws IOException {
        return radio.attach(Air.NETWORK, Air.PCID, IMEI, air::card);
    }

    private static byte[] echoed(Radio.Session session, InetSocketAddress to) throws Exception {
        CompletableFuture<byte[]> back = new CompletableFuture<>();
        session.onReceive((port, source, payload) -> {
            assertThat(port).isEqualTo(5555);
            assertThat(source).isEqualTo(to);
            back.complete(payload);
        });
        session.send(5555, to, HELLO);
        return back.get(10, TimeUnit.SECONDS);
    }

    @Test
    void carriesDatagramsToTheGatewayAndBack() throws Exception {
        try (Radio.Attachment attachment = attach();
                Radio.Session session = attachment.activate(Air.APN)) {
            assertThat(session.address().getHostAddress()).startsWith("10.45.0.");
            assertThat(echoed(session, air.gateway())).isEqualTo(HELLO);
            assertThat(session.counters()).isEqualTo(new Bearer.Counters(1, 33, 1, 33));
        }
    }

    @Test
    void countsWhatEverySessionOfASubscriptionCarried() throws Exception {
        try (Radio.Attachment attachment = attach()) {
            try (Radio.Session first = attachment.activate(Air.APN)) {
                assertThat(echoed(first, air.gateway())).isEqualTo(HELLO);
            }
            Radio.Session second = attachment.activate(Air.APN);
            assertThat(echoed(second, air.gateway())).isEqualTo(HELLO);
            second.onReceive((port, source, payload) -> {});
            second.send(5555, new InetSocketAddress("192.0.2.1", 1), HELLO); // the filter lets it not through
            assertThat(radio.carried().sessions().get(Air.PCID))
                    .containsExactly(new Carried.Session(66, 0, true), new Carried.Session(99, 33, false));
            second.close();
            assertThat(radio.carried().sessions().get(Air.PCID)).last().isEqualTo(new Carried.Session(99, 33, true));
        }
    }

    @Test
    void opensASecondSessionAndASessionAgain() throws Exception {
        try (Radio.Attachment attachment = attach()) {
            try (Radio.Session first = attachment.activate(Air.APN);
                    Radio.Session second = attachment.activate(Air.APN)) {
                assertThat(first.address()).isNotEqualTo(second.address());
                assertThat(echoed(second, air.gateway())).isEqualTo(HELLO);
            }
            try (Radio.Session again = attachment.activate(Air.APN)) {
                assertThat(echoed(again, air.gateway())).isEqualTo(HELLO);
            }
        }
    }

    @Test
    void resynchronisesThroughTheCard() throws IOException {
        air.moveCardAhead();
        try (Radio.Attachment attachment = attach()) {
            assertThat(attachment).isNotNull();
        }
    }

    @Test
    void tellsWhyTheNetworkSaidNo() throws IOException {
        Radio.Answer wrong = new Radio.Answer(new byte[8], new byte[0]);
        Radio.Answer macFailure = new Radio.Answer(new byte[0], new byte[0]);
        assertRefused(GmmCause.IMSI_UNKNOWN.number(), "901700000000009", wrong);
        assertRefused(GmmCause.ILLEGAL_MS.number(), Air.PCID, wrong);
        assertRefused(GmmCause.ILLEGAL_MS.number(), Air.PCID, macFailure);
        assertRefused(GmmCause.IMEI_NOT_ACCEPTED.number(), "", wrong);
        try (Radio.Attachment attachment = attach()) {
            assertThatExceptionOfType(Radio.Refused.class)
                    .isThrownBy(() -> attachment.activate("internet"))
                    .matches(refused -> refused.networkCause() == SmCause.NOT_SUBSCRIBED.number());
            assertThatExceptionOfType(Radio.Refused.class)
                    .isThrownBy(() -> attachment.activate("no apn"))
                    .matches(refused -> refused.networkCause() == SmCause.UNKNOWN_APN.number());
        }
    }

    private void assertRefused(int cause, String imsi, Radio.Answer answer) {
        assertThatExceptionOfType(Radio.Refused.class)
                .isThrownBy(() -> radio.attach(Air.NETWORK, imsi, IMEI, (rand, autn) -> answer))
                .matches(refused -> refused.networkCause() == cause);
    }

    @Test
    void losesANetworkThatRestartsAndFindsItAgain() throws Exception {
        CompletableFuture<Boolean> lost = new CompletableFuture<>();
        Radio.Attachment before = attach();
        Radio.Session session = before.activate(Air.APN);
        before.onLost(() -> lost.complete(true));
        air.restartNetwork();
        assertThat(lost.get(10, TimeUnit.SECONDS)).isTrue();
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> session.send(5555, air.gateway(), HELLO));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> before.activate(Air.APN));
        try (Radio.Attachment attachment = attach();
                Radio.Session again = attachment.activate(Air.APN)) {
            assertThat(echoed(again, air.gateway())).isEqualTo(HELLO);
        }
    }

    @Test
    void losesASessionThatTheNetworkEnds() throws Exception {
        try (Radio.Attachment attachment = attach()) {
            Radio.Session session = attachment.activate(Air.APN);
            byte[] large = new byte[1400];
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> {
                while (true) {
                    session.send(5555, air.gateway(), large); // until the quota is over and the network says so
                }
            });
        }
    }

    @Test
    void hearsTheStrongestNetworkFirst() {
        var weak = new Radio.Network("26201", "weak", -101);
        var strong = new Radio.Network("26242", "strong", -61);
        var nowhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        var both = new TcpRadio(
                () -> List.of(new TcpRadio.Reachable(weak, nowhere), new TcpRadio.Reachable(strong, nowhere)),
                air.random);
        assertThat(both.scan()).containsExactly(strong, weak);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> both.attach(new Radio.Network("31041", "far", -1), "", IMEI, air::card))
                .withMessageContaining("out of reach");
    }

    @Test
    void joinsAHotspotAndLearnsTheDrf() throws Exception {
        var joined = air.hotspot().join("guest");
        assertThat(joined.dhcpOptions()).containsEntry(224, Air.DRF);
        try (Radio.Session session = joined.session()) {
            assertThat(echoed(session, air.gateway())).isEqualTo(HELLO);
        }
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> air.hotspot().join("elsewhere"))
                .withMessageContaining("out of reach");
    }
}
