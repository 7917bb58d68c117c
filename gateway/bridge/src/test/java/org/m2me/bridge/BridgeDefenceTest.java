// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.junit.jupiter.api.Test;
import org.m2me.bridge.device.Limits;
import org.m2me.bridge.device.Rate;
import org.m2me.bridge.device.Tally.Count;
import org.m2me.bridge.role.RoleAddress;
import org.m2me.protocol.message.DeviceResource;

/** What the bridge does not let pass. */
final class BridgeDefenceTest extends BridgeFixture {
    private static Limits rates(Rate perDevice, Rate handshakes) {
        Limits d = Limits.DEFAULT;
        return new Limits(
                d.devices(),
                d.quiet(),
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

    @Test
    void letsADeviceSeeNothingButItself() throws Exception {
        String other = pki.ueid().hex();

        assertThat(device.post("device/" + other + "/e", bytes(10)).getCode()).isEqualTo(ResponseCode.NOT_FOUND);
        assertThat(device.post(other, bytes(10)).getCode()).isEqualTo(ResponseCode.NOT_FOUND);
        Request query = device.sent(Code.POST, "e?d=" + other, bytes(10));
        assertThat(TestDevice.answer(query).getCode()).isEqualTo(ResponseCode.NOT_FOUND);
        device.post("e", bytes(10));

        assertThat(pva.asked).extracting(TestRole.Asked::path).containsExactly("/device/" + ueid.hex() + "/e");
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

    /** Of so many devices, and each answer in a message of its own. */
    private static Limits crowded(int devices, Duration quiet) {
        Limits d = Limits.DEFAULT;
        return new Limits(
                devices,
                quiet,
                d.perDevice(),
                d.recordsPerSource(),
                d.handshakesPerSource(),
                d.workers(),
                d.queue(),
                Duration.ZERO,
                d.mailHold(),
                d.mailRecheck(),
                d.roleAnswer());
    }

    @Test
    void letsADeviceInWhenAsManyAsItKeepsAreThereAndQuiet() throws Exception {
        restartWith(crowded(2, Duration.ZERO));
        for (int i = 0; i < 4; i++) {
            try (TestDevice next = new TestDevice(pki, pki.device(pki.ueid()), bridge.address())) {
                assertThat(next.post("p", bytes(5)).getCode()).isEqualTo(ResponseCode.CHANGED);
            }
        }
    }

    @Test
    void keepsAConnectionThatWasUsedAMomentAgo() throws Exception {
        restartWith(crowded(1, Duration.ofHours(1)));
        device.post("p", bytes(5));

        try (TestDevice next = new TestDevice(pki, pki.device(pki.ueid()), bridge.address())) {
            long before = bridge.counters().get(Count.DATAGRAMS_IN);
            next.sent(Code.POST, "p", bytes(5));
            Until.holds("it has come twice", () -> bridge.counters().get(Count.DATAGRAMS_IN) > before + 1);
        }

        assertThat(device.post("p", bytes(5)).getCode()).isEqualTo(ResponseCode.CHANGED);
        assertThat(device.handshakes).hasValue(1);
    }

    @Test
    void refusesACertificateOfAnotherSupplierOutOfDateOrOfNoDevice() throws Exception {
        refuses(pki.foreignDevice(ueid));
        refuses(pki.deviceUntil(ueid, clock.instant().minusSeconds(1)));
        refuses(pki.named("not-a-ueid"));
        refuses(pki.role("gateway"));

        Until.holds("four failed", () -> bridge.counters().get(Count.HANDSHAKES_FAILED) >= 4);
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
    void listsItsFiveResourcesAndGreetsNobody() throws Exception {
        Response list = device.exchange(Code.GET, ".well-known/core", new byte[0]);

        assertThat(list.getPayloadString())
                .contains("</r>", "</m>", "</e>", "</p>", "</t>")
                .contains("ct=60")
                .contains("sz=" + DeviceResource.EVIDENCE.sizeMax())
                .doesNotContain("obs");
        assertThat(device.exchange(Code.GET, "", new byte[0]).getCode()).isNotEqualTo(ResponseCode.CONTENT);
    }
}
