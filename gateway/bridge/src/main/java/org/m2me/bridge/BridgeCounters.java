// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge;

import java.util.Map;
import org.m2me.bridge.device.Tally;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.ResultCode;

/** What the gateway did since it was made. */
public record BridgeCounters(
        Map<Tally.Count, Long> counts, Map<DeviceResource, Long> requests, Map<ResultCode, Long> refusals) {
    static BridgeCounters of(Tally tally) {
        return new BridgeCounters(tally.counts(), tally.requests(), tally.refusals());
    }

    public long get(Tally.Count count) {
        return counts.getOrDefault(count, 0L);
    }

    public long get(DeviceResource resource) {
        return requests.getOrDefault(resource, 0L);
    }

    public long get(ResultCode code) {
        return refusals.getOrDefault(code, 0L);
    }
}
