// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge.role;

import java.util.List;
import org.m2me.protocol.message.DeviceResource;

/** The roles that answer devices. */
public enum DeviceRole {
    DRF,
    PVA,
    DPF,
    SUBSCRIBER;

    /** Who answers requests to this resource: for mail each is asked in this order, until one has some. */
    public static List<DeviceRole> answering(DeviceResource resource) {
        return switch (resource) {
            case REGISTER, RELEASE -> List.of(DRF);
            // An order is gone as soon as the device has answered it; the others' mail may stay for long, and be of the
            // past.
            case MAIL -> List.of(SUBSCRIBER, DRF, PVA, DPF);
            case EVIDENCE -> List.of(PVA);
            case REPORT, RELAY -> List.of(DPF);
            case TELEMETRY, ORDER, ACTIVATION -> List.of(SUBSCRIBER);
        };
    }
}
