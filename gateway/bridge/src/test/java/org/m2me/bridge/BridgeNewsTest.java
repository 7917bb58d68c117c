// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Request;
import org.junit.jupiter.api.Test;
import org.m2me.protocol.message.DeviceResource;

/** Whom the gateway need not ask for mail, because it hears from them. */
final class BridgeNewsTest extends BridgeFixture {
    private void hearAll(Duration hold, Duration recheck) throws IOException {
        hearAll(limits(hold, recheck));
    }

    @Test
    void asksOnlyTheRoleThatNamedTheDevice() throws Exception {
        hearAll(Duration.ofSeconds(20), NEVER);

        Request question = device.sent(Code.GET, "m", new byte[0]);
        dpf.hasMailFor(ueid, bytes(10));

        assertThat(TestDevice.answer(question).getPayload()).isEqualTo(bytes(10));
        assertThat(List.of(subscriber, drf, pva)).allMatch(role -> role.asked.isEmpty());
    }

    @Test
    void asksForMailOfWhichItHeardBeforeTheDeviceCame() throws Exception {
        pva.hasMailFor(ueid, bytes(20));
        hearAll(Duration.ofSeconds(20), NEVER);

        assertThat(device.mail().getPayload()).isEqualTo(bytes(20));
        assertThat(List.of(subscriber, drf, dpf)).allMatch(role -> role.asked.isEmpty());
    }

    @Test
    void givesADeviceWhoseAnswerWasLostTheSameMailAgain() throws Exception {
        pva.hasMailFor(ueid, bytes(20));
        hearAll(Duration.ofSeconds(20), NEVER);

        assertThat(device.mail().getPayload()).isEqualTo(bytes(20));
        assertThat(device.mail().getPayload()).isEqualTo(bytes(20));
    }

    @Test
    void saysThereIsNothingWithoutAskingAnybody() throws Exception {
        hearAll(Duration.ofMillis(200), NEVER);

        assertThat(device.mail().getPayloadSize()).isZero();
        assertThat(List.of(subscriber, drf, pva, dpf)).allMatch(role -> role.asked.isEmpty());
    }

    @Test
    void findsMailThatNoFeedSpokeOf() throws Exception {
        hearAll(Duration.ofSeconds(20), Duration.ofMillis(50));
        dpf.answers(DeviceResource.MAIL, bytes(10));

        assertThat(device.mail().getPayload()).isEqualTo(bytes(10));
    }

    @Test
    void asksARoleAgainWhoseFeedBreaksOff() throws Exception {
        hearAll(Duration.ofMillis(500), NEVER);
        pva.stop();

        ResponseCode code = ResponseCode.CONTENT;
        for (int i = 0; i < 60 && code == ResponseCode.CONTENT; i++) { // the gateway notices it a little later
            code = device.mail().getCode();
            clock.forward(Duration.ofSeconds(1)); // within the device's rate
        }
        assertThat(code).isEqualTo(ResponseCode.SERVICE_UNAVAILABLE);
    }
}
