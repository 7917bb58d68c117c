// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import java.time.Duration;
import java.util.Optional;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceFeed;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Refused;

/**
 * A role's side towards devices: the gateway passes their messages on as they are. It has authenticated the device.
 */
public interface DeviceService {
    /**
     * Answers a device. A request repeated after a lost answer has no second effect and gets the same answer.
     *
     * @param body at most {@link DeviceResource#sizeMax()} bytes, empty for {@link DeviceResource#MAIL}
     * @return the body of the answer, or empty when there is none (no mail)
     * @throws Refused with the code that the device is told
     */
    Optional<byte[]> answer(Ueid device, DeviceResource resource, byte[] body) throws Refused;

    /** For whom mail has come since {@code after}; waits for some, at most this long. */
    DeviceFeed feed(long after, Duration wait) throws InterruptedException;
}
