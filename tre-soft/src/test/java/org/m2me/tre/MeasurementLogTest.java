// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.crypto.Hashes;
import org.m2me.protocol.evidence.MeasuredComponent;
import org.m2me.protocol.identity.Opaque;

class MeasurementLogTest {
    private final MeasurementLog log = new MeasurementLog();

    private static MeasuredComponent component(String name, int content) {
        return new MeasuredComponent(name, "1.0", Opaque.of(Hashes.sha256(new byte[] {(byte) content})));
    }

    @Test
    void extendsTheRegisterSoThatTheLogReplaysToIt() throws CborException {
        log.measure(component("runtime", 1));
        log.measure(component("agent", 2));
        log.measure(component("agent", 3));
        byte[] replayed = new byte[32];
        for (CborMap event : CborMap.decode(log.encode()).maps(1, MeasurementLog.EVENTS_MAX)) {
            assertThat(event.integer(1)).isEqualTo(MeasurementLog.REGISTER);
            replayed = Hashes.sha256(replayed, Hashes.sha256(event.encode()));
        }
        assertThat(log.register()).isEqualTo(Opaque.of(replayed));
        assertThat(log.digest()).isEqualTo(Opaque.of(Hashes.sha256(log.encode())));
    }

    @Test
    void logsAComponentAgainOnlyWhenItDiffers() {
        log.measure(component("agent", 1));
        Opaque once = log.digest();
        log.measure(component("agent", 1));
        assertThat(log.digest()).isEqualTo(once);
        log.measure(component("agent", 2));
        log.measure(component("agent", 1)); // and back: the log tells that it was different in between
        assertThat(log.digest()).isNotEqualTo(once);
        assertThat(log.components()).containsExactly(component("agent", 1));
    }

    @Test
    void refusesWhatEvidenceHasNoRoomFor() {
        for (int i = 0; i < MeasurementLog.COMPONENTS_MAX; i++) {
            log.measure(component("part " + i, i));
        }
        log.measure(component("part 0", 99));
        assertThatThrownBy(() -> log.measure(component("one more", 0))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> log.measure(component("a".repeat(33), 0)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> log.measure(new MeasuredComponent("part 0", "", Opaque.of(new byte[31]))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesToForgetEventsWhenFull() {
        for (int i = 0; i < MeasurementLog.EVENTS_MAX; i++) {
            log.measure(component("flapping", i));
        }
        Opaque full = log.register();
        assertThatThrownBy(() -> log.measure(component("flapping", 0))).isInstanceOf(IllegalStateException.class);
        assertThat(log.register()).isEqualTo(full);
    }
}
