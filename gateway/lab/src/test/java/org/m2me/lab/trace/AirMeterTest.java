// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.trace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.m2me.lab.trace.AirMeter.Use;

class AirMeterTest {
    private final AirMeter meter = new AirMeter();

    @Test
    void accountsForEveryByteOfADatagram() {
        meter.sent(record(22, 120));
        meter.received(record(25, 90));

        AirMeter.Reading reading = meter.read();

        assertThat(reading.bytes().values().stream().mapToLong(Long::longValue).sum())
                .isEqualTo(reading.total())
                .isEqualTo(120 + 28 + 90 + 28);
    }

    @Test
    void tellsAHandshakeFromAMessage() {
        meter.sent(record(22, 120));
        meter.sent(record(25, 90));

        assertThat(meter.read().bytes())
                .containsEntry(Use.HANDSHAKE, 120L)
                .containsEntry(Use.RECORD, 36L)
                .containsEntry(Use.MESSAGE, 54L);
        assertThat(meter.read().exchanges()).isEqualTo(1);
    }

    @Test
    void countsARecordThatIsShorterThanItsFrameWithoutGoingBelowZero() {
        meter.received(record(25, 10));

        assertThat(meter.read().bytes()).containsEntry(Use.RECORD, 10L).containsEntry(Use.MESSAGE, 0L);
    }

    private static byte[] record(int contentType, int length) {
        byte[] datagram = new byte[length];
        datagram[0] = (byte) contentType;
        return datagram;
    }
}
