// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.message;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;

/**
 * Role to gateway: for whom something new waits. A hint only: the gateway may miss it, and asks again in time.
 *
 * @param latest pass it as {@code after} in the next question
 * @param devices at most 1,000, those with new mail since {@code after}
 */
public record DeviceFeed(long latest, List<Ueid> devices) {
    /** Devices in one answer: 18 kB, which is soon sent; the rest comes with the next question. */
    public static final int DEVICES_MAX = 1000;

    private static final long LATEST = 1;
    private static final long DEVICES = 2;

    /** @throws IllegalArgumentException if there are too many devices, or latest is negative */
    public DeviceFeed {
        devices = List.copyOf(devices);
        if (latest < 0 || devices.size() > DEVICES_MAX) {
            throw new IllegalArgumentException("device feed: latest " + latest + ", " + devices.size() + " devices");
        }
    }

    public byte[] encode() {
        return CborMap.builder()
                .put(LATEST, latest)
                .putByteStrings(
                        DEVICES,
                        devices.stream().map(ueid -> ueid.value().bytes()).toList())
                .build()
                .encode();
    }

    /** @throws CborException naming the field */
    public static DeviceFeed decode(byte[] cbor) throws CborException {
        CborMap map = Fields.decode(cbor, Set.of(LATEST, DEVICES)).map();
        List<Ueid> devices = new ArrayList<>();
        for (byte[] ueid : map.byteStrings(DEVICES, DEVICES_MAX)) {
            devices.add(Fields.constructed(DEVICES, () -> new Ueid(Opaque.of(ueid))));
        }
        return new DeviceFeed(map.integer(LATEST, 0, Long.MAX_VALUE), devices);
    }
}
