// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge.device;

import java.util.function.Consumer;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceResource;

/** Answers devices whose transport has authenticated them. */
@FunctionalInterface
public interface DeviceHandler {
    /**
     * Answers one request. Returns at once; the answer comes on another thread, or never when a later request of the
     * same device has taken this one's place.
     *
     * @param body at most {@link DeviceResource#sizeMax()} bytes
     */
    void handle(Ueid device, DeviceResource resource, byte[] body, Consumer<DeviceAnswer> reply);
}
