// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.message;

import java.time.Instant;
import java.util.SortedMap;
import org.m2me.protocol.cbor.CborException;

/**
 * What the machine is there for, device to its subscriber, resource {@code t}, over the operational bearer.
 *
 * @param sequence counts up from 1 since manufacture; the subscriber takes each number once
 * @param at when it was measured, whole seconds
 * @param readings at most 16, names of at most 32 characters; values in the unit that the name says
 */
public record Telemetry(long sequence, Instant at, SortedMap<String, Long> readings) {
    public byte[] encode() {
        throw new UnsupportedOperationException();
    }

    /** @throws CborException naming the field */
    public static Telemetry decode(byte[] cbor) throws CborException {
        throw new UnsupportedOperationException();
    }
}
