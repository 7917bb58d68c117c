// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.junit.jupiter.api.Test;
import org.m2me.bridge.device.Tally.Count;
import org.m2me.protocol.message.DeviceResource;

/** How a question for mail is held, and answered. */
final class BridgeMailTest extends BridgeFixture {
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

        assertThat(TestDevice.answer(question).getPayload()).isEqualTo(bytes(1_000));
    }

    @Test
    void asksAfterAHintOnlyTheRoleThatGaveIt() throws Exception {
        restartWith(limits(Duration.ofSeconds(20), NEVER));

        Request question = device.sent(Code.GET, "m", new byte[0]);
        Until.holds("the DPF was asked", () -> !dpf.asked.isEmpty());
        dpf.hasMailFor(ueid, bytes(10));

        assertThat(TestDevice.answer(question).getPayload()).isEqualTo(bytes(10));
        assertThat(dpf.asked).hasSize(2);
        assertThat(pva.asked).hasSize(1);
        assertThat(drf.asked).hasSize(1);
        assertThat(subscriber.asked).hasSize(1);
    }

    @Test
    void asksTheRolesAgainWithoutAHint() throws Exception {
        restartWith(limits(Duration.ofSeconds(20), Duration.ofMillis(50)));

        Request question = device.sent(Code.GET, "m", new byte[0]);
        Until.holds("the DPF was asked again", () -> dpf.asked.size() >= 2);
        dpf.answers(DeviceResource.MAIL, bytes(10)); // without a word in the feed

        assertThat(TestDevice.answer(question).getPayload()).isEqualTo(bytes(10));
    }

    @Test
    void answersWithNothingWhenNoMailComes() throws Exception {
        restartWith(limits(Duration.ofMillis(200), NEVER));

        Response response = device.mail();

        assertThat(response.getCode()).isEqualTo(ResponseCode.CONTENT);
        assertThat(response.getPayloadSize()).isZero();
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
    void carriesAnAnswerThatComesSoonOnTheAcknowledgement() throws Exception {
        restartWith(patient(Duration.ofSeconds(20))); // else one that takes a second has an acknowledgement of its own
        device.post("p", bytes(5));
        long before = bridge.counters().get(Count.DATAGRAMS_OUT);

        for (int i = 0; i < 10; i++) {
            device.post("p", bytes(5));
        }

        // One each, where acknowledgements of their own make 20. What was sent last may not be counted yet, before as
        // after; and a device that hears nothing for two seconds, as on a busy machine, asks for the same again.
        assertThat(bridge.counters().get(Count.DATAGRAMS_OUT) - before).isBetween(9L, 14L);
    }

    @Test
    void acknowledgesAQuestionThatItHoldsSoThatItIsNotSentAgain() throws Exception {
        restartWith(limits(Duration.ofSeconds(20), NEVER)); // longer than a device waits for an acknowledgement

        Request question = device.sent(Code.GET, "m", new byte[0]);
        Until.holds("the question is acknowledged", question::isAcknowledged);

        assertThat(question.getResponse()).as("held").isNull();
        dpf.hasMailFor(ueid, bytes(10));
        assertThat(TestDevice.answer(question).getPayload()).isEqualTo(bytes(10));
        assertThat(bridge.counters().get(DeviceResource.MAIL)).isEqualTo(1);
    }
}
