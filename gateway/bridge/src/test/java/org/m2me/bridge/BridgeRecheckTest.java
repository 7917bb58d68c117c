// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.m2me.protocol.message.DeviceResource;

/** When everybody is asked for mail, although only one has named the device. */
final class BridgeRecheckTest extends BridgeFixture {
    /** Many times the pause between two rechecks: they all fall into a look that is under way. */
    private static final Duration SLOW = Duration.ofSeconds(1);

    @Test
    void asksEverybodyWithTheNextLookWhenItWasTimeForItDuringASlowOne() throws Exception {
        pva.hasMailFor(ueid, bytes(1_000));
        pva.stalls(DeviceResource.MAIL, bytes(1_000));
        dpf.answers(DeviceResource.MAIL, bytes(10)); // no feed speaks of it
        hearAll(limits(Duration.ofSeconds(20), Duration.ofMillis(20), SLOW));

        assertThat(device.mail().getPayload()).isEqualTo(bytes(10));
        assertThat(pva.asked).hasSize(2);
    }
}
