// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.message;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.cbor.CborValue;

/**
 * What the machine is there for, device to its subscriber, resource {@code t}, over the operational bearer.
 *
 * @param sequence counts up from 1 since manufacture; the subscriber takes each number once
 * @param at when it was measured, cut to whole seconds
 * @param readings at most 16, names of at most 32 bytes; values in the unit that the name says
 */
public record Telemetry(long sequence, Instant at, SortedMap<String, Long> readings) {
    /** So that a message stays in one datagram. */
    public static final int READINGS_MAX = 16;

    /** Bytes of UTF-8. */
    public static final int NAME_SIZE_MAX = 32;

    private static final long SEQUENCE = 1;
    private static final long AT = 2;
    private static final long READINGS = 3;

    /** 1 January of the year 10000, in seconds: what ISO 8601 can still write in four digits ends before. */
    private static final long AT_END = 253_402_300_800L;

    /** @throws IllegalArgumentException if a part is out of its range */
    public Telemetry {
        at = at.truncatedTo(ChronoUnit.SECONDS);
        readings = Collections.unmodifiableSortedMap(new TreeMap<>(readings));
        if (sequence < 1 || at.getEpochSecond() < 0 || at.getEpochSecond() >= AT_END) {
            throw new IllegalArgumentException("telemetry: sequence " + sequence + " at " + at);
        }
        if (readings.size() > READINGS_MAX) {
            throw new IllegalArgumentException("telemetry: " + readings.size() + " readings");
        }
        for (String name : readings.keySet()) {
            if (name.isEmpty() || name.getBytes(StandardCharsets.UTF_8).length > NAME_SIZE_MAX) {
                throw new IllegalArgumentException("telemetry: name of " + name.length() + " characters");
            }
        }
    }

    public byte[] encode() {
        CborMap.Builder values = CborMap.builder();
        readings.forEach((name, value) -> values.put(name, CborValue.of(value)));
        return CborMap.builder()
                .put(SEQUENCE, sequence)
                .put(AT, at.getEpochSecond())
                .put(READINGS, values.build())
                .build()
                .encode();
    }

    /** @throws CborException naming the field */
    public static Telemetry decode(byte[] cbor) throws CborException {
        CborMap map = Fields.decode(cbor, Set.of(SEQUENCE, AT, READINGS)).map();
        long sequence = map.integer(SEQUENCE, 1, Long.MAX_VALUE);
        Instant at = Instant.ofEpochSecond(map.integer(AT, 0, AT_END - 1));
        SortedMap<String, Long> readings = new TreeMap<>();
        for (Map.Entry<String, CborValue> reading :
                map.map(READINGS).textEntries().entrySet()) {
            readings.put(reading.getKey(), reading.getValue().integer());
        }
        return Fields.constructed(READINGS, () -> new Telemetry(sequence, at, readings));
    }
}
