// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.m2me.bridge.device.Limits;
import org.m2me.bridge.device.Rate;
import org.m2me.bridge.device.Tally.Count;
import org.m2me.bridge.role.DeviceRole;
import org.m2me.bridge.role.RoleAddress;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.message.Verdict;

class BridgeTest {
    private static final Duration NEVER = Duration.ofHours(1);

    private final TestClock clock = new TestClock();
    private final TestPki pki = new TestPki(clock);
    private final Ueid ueid = pki.ueid();
    private TestRole drf;
    private TestRole pva;
    private TestRole dpf;
    private TestRole subscriber;
    private Bridge bridge;
    private TestDevice device;

    @BeforeEach
    void start() throws IOException {
        drf = new TestRole("drf.901-70", pki);
        pva = new TestRole("pva", pki);
        dpf = new TestRole("dpf.901-70", pki);
        subscriber = new TestRole("subscriber.fleet", pki);
        bridge = bridge(limits(Duration.ofSeconds(5), NEVER));
        bridge.start();
        device = new TestDevice(pki, pki.device(ueid), bridge.address());
    }

    @AfterEach
    void stop() {
        device.close();
        bridge.close();
        drf.close();
        pva.close();
        dpf.close();
        subscriber.close();
    }

    private static Limits limits(Duration mailHold, Duration mailRecheck) {
        Limits d = Limits.DEFAULT;
        return new Limits(
                d.devices(),
                d.perDevice(),
                d.recordsPerSource(),
                d.handshakesPerSource(),
                d.workers(),
                d.queue(),
                d.acknowledgeAfter(),
                mailHold,
                mailRecheck,
                d.roleAnswer());
    }

    private static Limits rates(Rate perDevice, Rate handshakes) {
        Limits d = Limits.DEFAULT;
        return new Limits(
                d.devices(),
                perDevice,
                d.recordsPerSource(),
                handshakes,
                d.workers(),
                d.queue(),
                d.acknowledgeAfter(),
                d.mailHold(),
                d.mailRecheck(),
                d.roleAnswer());
    }

    private Bridge bridge(Limits limits) {
        return bridge(limits, drf.address());
    }

    private Bridge bridge(Limits limits, RoleAddress drfAddress) {
        TestPki.Identity own = pki.role("gateway");
        return new Bridge(
                new BridgeSettings(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        7,
                        Map.of(
                                DeviceRole.DRF, drfAddress,
                                DeviceRole.PVA, pva.address(),
                                DeviceRole.DPF, dpf.address(),
                                DeviceRole.SUBSCRIBER, subscriber.address()),
                        limits),
                new BridgeIdentity(own.certificate(), own.key(), pki.operatorAnchors(), pki.supplierAnchors()),
                clock);
    }

    private void restartWith(Limits limits) throws IOException {
        device.close();
        bridge.close();
        bridge = bridge(limits);
        bridge.start();
        device = new TestDevice(pki, pki.device(ueid), bridge.address());
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @Test
    void takesEachResourceToItsRoleUnderTheNameOfTheCertificate() throws Exception {
        drf.answers(DeviceResource.REGISTER, bytes(400));

        Response response = device.post("r", bytes(30));

        assertThat(response.getCode()).isEqualTo(ResponseCode.CHANGED);
        assertThat(response.getPayload()).isEqualTo(bytes(400));
        assertThat(drf.asked).singleElement().satisfies(asked -> {
            assertThat(asked.path()).isEqualTo("/device/" + ueid.hex() + "/r");
            assertThat(asked.body()).isEqualTo(bytes(30));
            assertThat(asked.caller()).contains("CN=gateway");
        });
        device.post("e", bytes(600));
        device.post("p", bytes(100));
        device.post("t", bytes(50));
        assertThat(pva.asked)
                .singleElement()
                .satisfies(asked -> assertThat(asked.body()).isEqualTo(bytes(600)));
        assertThat(dpf.asked)
                .singleElement()
                .satisfies(asked -> assertThat(asked.path()).endsWith("/p"));
        assertThat(subscriber.asked)
                .singleElement()
                .satisfies(asked -> assertThat(asked.path()).endsWith("/t"));
        assertThat(bridge.counters().get(DeviceResource.REGISTER)).isEqualTo(1);
        assertThat(bridge.counters().get(Count.HANDSHAKES)).isEqualTo(1);
    }

    @Test
    void letsADeviceSeeNothingButItself() throws Exception {
        String other = pki.ueid().hex();

        assertThat(device.post("device/" + other + "/e", bytes(10)).getCode()).isEqualTo(ResponseCode.NOT_FOUND);
        assertThat(device.post(other, bytes(10)).getCode()).isEqualTo(ResponseCode.NOT_FOUND);
        Request query = device.sent(Code.POST, "e?d=" + other, bytes(10));
        assertThat(query.waitForResponse(5_000).getCode()).isEqualTo(ResponseCode.NOT_FOUND);
        device.post("e", bytes(10));

        assertThat(pva.asked).extracting(TestRole.Asked::path).containsExactly("/device/" + ueid.hex() + "/e");
    }

    @Test
    void passesARefusalOnWithItsCodeAndVerdict() throws Exception {
        pva.refuses(DeviceResource.EVIDENCE, ResultCode.COMPONENT_MISMATCH);

        Response response = device.post("e", bytes(10));

        assertThat(response.getCode()).isEqualTo(ResponseCode.FORBIDDEN);
        assertThat(Verdict.decode(response.getPayload()).code()).isEqualTo(ResultCode.COMPONENT_MISMATCH);
        assertThat(bridge.counters().get(ResultCode.COMPONENT_MISMATCH)).isEqualTo(1);
    }

    @Test
    void hasACoapCodeForEveryResultCode() throws Exception {
        for (ResultCode code : ResultCode.values()) {
            if (code != ResultCode.OK) {
                pva.refuses(DeviceResource.EVIDENCE, code);
                Response response = device.post("e", bytes(10));
                assertThat(response.getCode().codeClass * 100 + response.getCode().codeDetail)
                        .as(code.name())
                        .isEqualTo(code.status());
                clock.forward(Duration.ofSeconds(1));
            }
        }
    }

    @Test
    void asksForMailInTheOrderOfTheRolesAndTakesTheFirst() throws Exception {
        dpf.hasMailFor(ueid, bytes(3_000));
        assertThat(device.mail().getPayload()).isEqualTo(bytes(3_000));

        pva.hasMailFor(ueid, bytes(40));
        assertThat(device.mail().getPayload()).isEqualTo(bytes(40));

        drf.hasMailFor(ueid, bytes(20));
        Response first = device.mail();
        assertThat(first.getCode()).isEqualTo(ResponseCode.CONTENT);
        assertThat(first.getPayload()).isEqualTo(bytes(20));
    }

    @Test
    void holdsAQuestionForMailUntilTheFeedNamesTheDevice() throws Exception {
        restartWith(limits(Duration.ofSeconds(20), NEVER)); // nothing but the feed can release it

        Request question = device.sent(Code.GET, "m", new byte[0]);
        Until.holds("the DPF was asked", () -> !dpf.asked.isEmpty());
        dpf.hasMailFor(ueid, bytes(1_000));

        assertThat(question.waitForResponse(10_000).getPayload()).isEqualTo(bytes(1_000));
    }

    @Test
    void asksTheRolesAgainWithoutAHint() throws Exception {
        restartWith(limits(Duration.ofSeconds(20), Duration.ofMillis(50)));

        Request question = device.sent(Code.GET, "m", new byte[0]);
        Until.holds("the DPF was asked again", () -> dpf.asked.size() >= 2);
        dpf.answers(DeviceResource.MAIL, bytes(10)); // without a word in the feed

        assertThat(question.waitForResponse(10_000).getPayload()).isEqualTo(bytes(10));
    }

    @Test
    void answersWithNothingWhenNoMailComes() throws Exception {
        restartWith(limits(Duration.ofMillis(200), NEVER));

        Response response = device.mail();

        assertThat(response.getCode()).isEqualTo(ResponseCode.CONTENT);
        assertThat(response.getPayloadSize()).isZero();
    }

    @Test
    void saysComeBackLaterWhileARoleIsDownAndServesAgainWhenItIsUp() throws Exception {
        drf.answers(DeviceResource.REGISTER, bytes(10));
        device.post("r", bytes(5));
        drf.stop();

        Response down = device.post("r", bytes(5));
        assertThat(down.getCode()).isEqualTo(ResponseCode.SERVICE_UNAVAILABLE);
        assertThat(down.getOptions().getMaxAge()).isEqualTo(2);
        assertThat(Verdict.decode(down.getPayload()).code()).isEqualTo(ResultCode.UNAVAILABLE);

        drf.start();
        assertThat(device.post("r", bytes(5)).getCode()).isEqualTo(ResponseCode.CHANGED);
    }

    @Test
    void servesMailOfTheRolesThatAreUpAndSaysSoWhenOneIsDown() throws Exception {
        restartWith(limits(Duration.ofMillis(300), NEVER));
        drf.stop();
        dpf.hasMailFor(ueid, bytes(10));
        assertThat(device.mail().getPayload()).isEqualTo(bytes(10));

        dpf.answers(DeviceResource.MAIL, new byte[0]);
        assertThat(device.mail().getCode()).isEqualTo(ResponseCode.SERVICE_UNAVAILABLE);
    }

    @Test
    void doesNotTalkToARoleOfAnotherName() throws Exception {
        device.close();
        bridge.close();
        bridge = bridge(Limits.DEFAULT, new RoleAddress(pva.address().base(), "drf.901-70"));
        bridge.start();
        device = new TestDevice(pki, pki.device(ueid), bridge.address());

        assertThat(device.post("r", bytes(5)).getCode()).isEqualTo(ResponseCode.SERVICE_UNAVAILABLE);
        assertThat(pva.asked).isEmpty();
    }

    @Test
    void refusesWhatIsLargerThanItsResourceTakes() throws Exception {
        assertThat(device.post("r", bytes(257)).getCode()).isEqualTo(ResponseCode.REQUEST_ENTITY_TOO_LARGE);
        assertThat(device.post("e", bytes(DeviceResource.EVIDENCE.sizeMax() + 1))
                        .getCode())
                .isEqualTo(ResponseCode.REQUEST_ENTITY_TOO_LARGE);
        assertThat(device.post("e", bytes(9_000)).getCode()).isEqualTo(ResponseCode.REQUEST_ENTITY_TOO_LARGE);
        assertThat(device.post("e", bytes(DeviceResource.EVIDENCE.sizeMax())).getCode())
                .isEqualTo(ResponseCode.CHANGED);
        assertThat(pva.asked)
                .singleElement()
                .satisfies(asked -> assertThat(asked.body()).isEqualTo(bytes(DeviceResource.EVIDENCE.sizeMax())));
        assertThat(drf.asked).isEmpty();
    }

    @Test
    void refusesOtherMethodsAndFormats() throws Exception {
        assertThat(device.exchange(Code.GET, "r", new byte[0]).getCode()).isEqualTo(ResponseCode.METHOD_NOT_ALLOWED);
        assertThat(device.exchange(Code.PUT, "e", bytes(5)).getCode()).isEqualTo(ResponseCode.METHOD_NOT_ALLOWED);
        assertThat(device.post("m", bytes(5)).getCode()).isEqualTo(ResponseCode.METHOD_NOT_ALLOWED);
    }

    @Test
    void keepsADeviceWithinItsRate() throws Exception {
        restartWith(rates(new Rate(2, 0.5), Limits.DEFAULT.handshakesPerSource()));

        device.post("p", bytes(5));
        device.post("p", bytes(5));
        Response third = device.post("p", bytes(5));

        assertThat(third.getCode()).isEqualTo(ResponseCode.TOO_MANY_REQUESTS);
        assertThat(third.getOptions().getMaxAge()).isEqualTo(2);
        assertThat(dpf.asked).hasSize(2);
        try (TestDevice other = new TestDevice(pki, pki.device(pki.ueid()), bridge.address())) {
            assertThat(other.post("p", bytes(5)).getCode()).isEqualTo(ResponseCode.CHANGED);
        }
        clock.forward(Duration.ofSeconds(2));
        assertThat(device.post("p", bytes(5)).getCode()).isEqualTo(ResponseCode.CHANGED);
    }

    @Test
    void dropsHandshakesThatOneSourceSendsBeyondItsRate() throws Exception {
        restartWith(rates(Limits.DEFAULT.perDevice(), new Rate(20, 0.001)));
        device.post("p", bytes(5));

        for (int i = 0; i < 20; i++) {
            long before = bridge.counters().get(Count.DATAGRAMS_IN);
            try (TestDevice other = new TestDevice(pki, pki.device(pki.ueid()), bridge.address())) {
                other.sent(Code.POST, "p", bytes(5));
                Until.holds("something came", () -> bridge.counters().get(Count.DATAGRAMS_IN) > before);
            }
        }
        Until.holds("something was dropped", () -> bridge.counters().get(Count.DATAGRAMS_DROPPED) > 0);

        assertThat(device.post("p", bytes(5)).getCode()).isEqualTo(ResponseCode.CHANGED);
    }

    @Test
    void refusesACertificateOfAnotherSupplierOutOfDateOrOfNoDevice() throws Exception {
        refuses(pki.foreignDevice(ueid));
        refuses(pki.deviceUntil(ueid, clock.instant().minusSeconds(1)));
        refuses(pki.named("not-a-ueid"));
        refuses(pki.role("gateway"));

        Until.holds("four failed", () -> bridge.counters().get(Count.HANDSHAKES_FAILED) == 4);
        assertThat(drf.asked).isEmpty();
    }

    private void refuses(TestPki.Identity identity) throws IOException {
        try (TestDevice intruder = new TestDevice(pki, identity, bridge.address())) {
            assertThatThrownBy(() -> intruder.post("r", bytes(5))).isInstanceOf(IOException.class);
        }
    }

    @Test
    void endsASessionWhenItsCertificateRunsOut() throws Exception {
        device.close();
        device = new TestDevice(pki, pki.deviceUntil(ueid, clock.instant().plusSeconds(60)), bridge.address());
        assertThat(device.post("r", bytes(5)).getCode()).isEqualTo(ResponseCode.CHANGED);

        clock.forward(Duration.ofSeconds(61));

        assertThat(device.post("r", bytes(5)).getCode()).isEqualTo(ResponseCode.UNAUTHORIZED);
        assertThat(drf.asked).hasSize(1);
    }

    @Test
    void keepsASessionWhenTheDeviceComesFromAnotherAddress() throws Exception {
        device.close();
        try (Relay relay = new Relay(bridge.address())) {
            device = new TestDevice(pki, pki.device(ueid), relay.address());
            device.post("p", bytes(5));
            relay.rebind();
            Response response = device.post("p", bytes(5));

            assertThat(response.getCode()).isEqualTo(ResponseCode.CHANGED);
            assertThat(device.handshakes).hasValue(1);
            assertThat(bridge.counters().get(Count.HANDSHAKES)).isEqualTo(1);
            device.close();
        }
    }

    @Test
    void takesAndGivesLargeBodiesBlockByBlock() throws Exception {
        pva.answers(DeviceResource.EVIDENCE, bytes(3_000));

        Response response = device.post("e", bytes(2_000));

        assertThat(pva.asked.get(0).body()).isEqualTo(bytes(2_000));
        assertThat(response.getPayload()).isEqualTo(bytes(3_000));
    }

    @Test
    void listsItsFiveResourcesAndGreetsNobody() throws Exception {
        Response list = device.exchange(Code.GET, ".well-known/core", new byte[0]);

        assertThat(list.getPayloadString())
                .contains("</r>", "</m>", "</e>", "</p>", "</t>")
                .contains("ct=60")
                .contains("sz=" + DeviceResource.EVIDENCE.sizeMax())
                .doesNotContain("obs");
        assertThat(device.exchange(Code.GET, "", new byte[0]).getCode()).isNotEqualTo(ResponseCode.CONTENT);
    }

    @Test
    void servesTheSameAddressAfterARestartWithNothingKept() throws Exception {
        InetSocketAddress before = bridge.address();
        device.post("p", bytes(5));

        bridge.restart();

        assertThat(bridge.address()).isEqualTo(before);
        try (TestDevice again = new TestDevice(pki, pki.device(ueid), bridge.address())) {
            assertThat(again.post("p", bytes(5)).getCode()).isEqualTo(ResponseCode.CHANGED);
        }
        assertThat(dpf.asked).hasSize(2);
    }

    @Test
    void carriesAnAnswerThatComesSoonOnTheAcknowledgement() throws Exception {
        device.post("p", bytes(5));
        long before = bridge.counters().get(Count.DATAGRAMS_OUT);

        for (int i = 0; i < 10; i++) {
            device.post("p", bytes(5));
        }

        // one each; what was sent last may not be counted yet, before as after
        assertThat(bridge.counters().get(Count.DATAGRAMS_OUT) - before).isBetween(9L, 11L);
    }

    @Test
    void acknowledgesAQuestionThatItHoldsSoThatItIsNotSentAgain() throws Exception {
        restartWith(limits(Duration.ofMillis(3_500), NEVER)); // longer than a device waits for an acknowledgement

        device.mail();

        // handshake 3 flights, one question, one acknowledgement of the answer: nothing twice
        assertThat(dpf.asked).hasSize(1);
        assertThat(bridge.counters().get(DeviceResource.MAIL)).isEqualTo(1);
    }

    @Test
    void refusesToStartOnAnAddressThatIsTaken() {
        TestPki.Identity own = pki.role("gateway");
        try (Bridge second = new Bridge(
                new BridgeSettings(new InetSocketAddress("192.0.2.1", 1), 0, Map.of(), Limits.DEFAULT),
                new BridgeIdentity(own.certificate(), own.key(), pki.operatorAnchors(), pki.supplierAnchors()),
                clock)) {
            assertThatThrownBy(second::start).isInstanceOf(IOException.class);
        }
    }
}
