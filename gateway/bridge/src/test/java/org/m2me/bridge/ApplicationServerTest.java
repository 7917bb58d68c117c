// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.EnumSet;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.m2me.bridge.role.RoleLinks;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.message.Verdict;

/** An owner's own server: devices know it by one name, its subscriber by another. */
final class ApplicationServerTest {
    private final TestClock clock = new TestClock();
    private final TestPki pki = new TestPki(clock);
    private final Ueid ueid = pki.ueid();
    private TestRole subscriber;
    private Bridge server;
    private TestDevice device;

    @BeforeEach
    void start() throws IOException {
        subscriber = new TestRole("subscriber.fleet", pki);
        TestPki.Identity shown = pki.role("telemetry.example");
        TestPki.Identity role = pki.role("application.fleet");
        server = new Bridge(
                BridgeSettings.applicationServer(subscriber.address()),
                new BridgeIdentity(
                        shown.certificate(),
                        shown.key(),
                        pki.supplierAnchors(),
                        new RoleLinks.Credentials(role.certificate(), role.key(), pki.operatorAnchors())),
                clock);
        server.start();
        device = new TestDevice(pki, pki.device(ueid), server.address());
    }

    @AfterEach
    void stop() {
        device.close();
        server.close();
        subscriber.close();
    }

    @Test
    void acknowledgesTelemetryWhenTheSubscriberHasIt() throws Exception {
        byte[] verdict = new Verdict(ResultCode.OK, true).encode();
        subscriber.answers(DeviceResource.TELEMETRY, verdict);

        Response response = device.post("t", new byte[] {1});

        assertThat(response.getPayload()).isEqualTo(verdict);
        assertThat(subscriber.asked).singleElement().satisfies(asked -> {
            assertThat(asked.caller()).contains("application.fleet");
            assertThat(asked.path()).endsWith(ueid.hex() + "/t");
        });
    }

    @Test
    void acknowledgesNothingWhileTheSubscriberIsAway() throws Exception {
        subscriber.close();
        assertThat(device.post("t", new byte[] {1}).getCode()).isEqualTo(CoAP.ResponseCode.SERVICE_UNAVAILABLE);
    }

    @Test
    void hasNothingElseForDevices() throws Exception {
        for (DeviceResource resource : EnumSet.complementOf(EnumSet.of(DeviceResource.TELEMETRY))) {
            CoAP.Code method = resource == DeviceResource.MAIL ? CoAP.Code.GET : CoAP.Code.POST;
            assertThat(device.exchange(method, resource.path(), new byte[0]).getCode())
                    .as("%s", resource)
                    .isEqualTo(CoAP.ResponseCode.NOT_FOUND);
        }
        assertThat(subscriber.asked).isEmpty();
    }
}
