// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.radio.RadioMessage;

/** Whoever talks too much, too long or nonsense. */
final class AccessAbuseTest extends AccessFixture {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0000", // a frame of nothing
                "ffff08", // a frame beyond the limit
                "00020803", // attach complete before anything
                "0003080100", // an attach request cut short
                "00020aff", // no such message
                "474554202f20485454502f312e310d0a0d0a" // another protocol
            })
    void cutsOffWhoeverSaysWhatIsNoMessage(String hex) throws IOException {
        try (AirMobile mobile = mobile()) {
            mobile.sendRaw(Opaque.hex(hex).bytes());
            assertThat(mobile.isCut()).isTrue();
        }
        assertThat(attach(card)).isInstanceOf(RadioMessage.AttachAccept.class);
    }

    @Test
    void cutsOffWhoeverSaysTooMuch() throws IOException {
        try (AirMobile mobile = mobile()) {
            mobile.attach(card);
            byte[] idle = new RadioMessage.NetworkDeactivateAccept(0).encode();
            for (int i = 0; i < 2 * LIMITS.framesPerSecond(); i++) {
                mobile.sendFrame(idle);
            }
            assertThat(mobile.isCut()).isTrue();
        }
    }

    @Test
    void cutsOffWhoeverDoesNotFinishItsAttach() throws IOException {
        network.close();
        network =
                newNetwork(new AccessLimits(Duration.ofMillis(100), 100, 20, Duration.ofMinutes(10)), Optional.empty());
        try (AirMobile silent = mobile();
                AirMobile slow = mobile()) {
            slow.sendRaw(new byte[] {0});
            assertThat(silent.isCut()).isTrue();
            assertThat(slow.isCut()).isTrue();
        }
    }

    @Test
    void letsNoMoreInThanItCanServe() throws IOException {
        network.close();
        network = newNetwork(new AccessLimits(Duration.ofSeconds(15), 1, 20, Duration.ofMinutes(10)), Optional.empty());
        try (AirMobile first = mobile()) {
            assertThat(first.attach(card)).isInstanceOf(RadioMessage.AttachAccept.class);
            try (AirMobile second = mobile()) {
                assertThat(second.isCut()).isTrue();
            }
        }
    }
}
