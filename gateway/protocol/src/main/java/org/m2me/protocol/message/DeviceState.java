// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.message;

import org.m2me.protocol.identity.Opaque;

/**
 * How a device says it is. Nobody believes that it is well by this; but who has a result about an older state learns that
 * it is older.
 *
 * @param storeGeneration writes of the sealed store since manufacture
 * @param firmware {@code MeasuredComponent.firmware} of what it measured, 16 bytes
 */
public record DeviceState(long storeGeneration, Opaque firmware) {
    /** Bytes: enough to tell two states of one device apart. */
    public static final int FIRMWARE_LENGTH = 16;

    /** @throws IllegalArgumentException if a part is out of its range */
    public DeviceState {
        if (storeGeneration < 0 || firmware.length() != FIRMWARE_LENGTH) {
            throw new IllegalArgumentException(
                    "device state: generation " + storeGeneration + ", firmware of " + firmware.length() + " bytes");
        }
    }
}
