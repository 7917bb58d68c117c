// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge.device;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.ResultCode;

/** Counts what the gateway does. */
public final class Tally {
    /** What is counted. */
    public enum Count {
        HANDSHAKES,
        HANDSHAKES_FAILED,
        DATAGRAMS_IN,
        DATAGRAMS_OUT,
        /** With IP and UDP headers. */
        BYTES_IN,
        /** With IP and UDP headers. */
        BYTES_OUT,
        /** Dropped by the limit of their source, unread. */
        DATAGRAMS_DROPPED,
        /** Requests that were no good CoAP, or named no resource. */
        BAD_REQUESTS
    }

    private final Map<Count, LongAdder> counts = filled(Count.class);
    private final Map<DeviceResource, LongAdder> requests = filled(DeviceResource.class);
    private final Map<ResultCode, LongAdder> refusals = filled(ResultCode.class);

    private static <E extends Enum<E>> Map<E, LongAdder> filled(Class<E> type) {
        Map<E, LongAdder> map = new EnumMap<>(type);
        for (E constant : type.getEnumConstants()) {
            map.put(constant, new LongAdder());
        }
        return map;
    }

    public void add(Count count, long amount) {
        of(counts, count).add(amount);
    }

    public void request(DeviceResource resource) {
        of(requests, resource).increment();
    }

    public void refusal(ResultCode code) {
        of(refusals, code).increment();
    }

    public Map<Count, Long> counts() {
        return copy(counts, Count.class);
    }

    public Map<DeviceResource, Long> requests() {
        return copy(requests, DeviceResource.class);
    }

    public Map<ResultCode, Long> refusals() {
        return copy(refusals, ResultCode.class);
    }

    private static <E extends Enum<E>> LongAdder of(Map<E, LongAdder> map, E key) {
        LongAdder adder = map.get(key);
        if (adder == null) {
            throw new IllegalStateException(key + " is not counted");
        }
        return adder;
    }

    private static <E extends Enum<E>> Map<E, Long> copy(Map<E, LongAdder> map, Class<E> type) {
        Map<E, Long> copy = new EnumMap<>(type);
        map.forEach((key, adder) -> copy.put(key, adder.sum()));
        return copy;
    }
}
