// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.junit.jupiter.api.Test;
import org.m2me.bridge.device.Limits;
import org.m2me.bridge.device.Tally.Count;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.message.Verdict;

final class BridgeTest extends BridgeFixture {
    private static final int MESSAGE_ID = 4711;

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
    void answersADeviceThatWasSwitchedOnAgainAndHappensToUseItsOldMessageIds() throws Exception {
        TestPki.Identity identity = pki.device(ueid);
        try (TestDevice before = new TestDevice(pki, identity, bridge.address())) {
            Request old = before.sent(Code.POST, "t", bytes(50), MESSAGE_ID);
            assertThat(TestDevice.answer(old).getCode()).isEqualTo(ResponseCode.CHANGED);
        }
        device.close();
        device = new TestDevice(pki, identity, bridge.address());
        drf.answers(DeviceResource.REGISTER, bytes(400));

        Response response = TestDevice.answer(device.sent(Code.POST, "r", bytes(30), MESSAGE_ID));

        assertThat(response.getPayload()).isEqualTo(bytes(400));
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
    void givesUpARoleWhoseAnswerBreaksOffAndServesOthersWithTheSameThread() throws Exception {
        restartWith(impatient(Duration.ofSeconds(3)));
        drf.stalls(DeviceResource.REGISTER, bytes(400));

        Response response = device.post("r", bytes(30));

        assertThat(response.getCode()).isEqualTo(ResponseCode.SERVICE_UNAVAILABLE);
        assertThat(drf.asked).hasSize(1);
        assertThat(device.post("t", bytes(50)).getCode()).isEqualTo(ResponseCode.CHANGED);
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
