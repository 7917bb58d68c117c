// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent.transport;

import java.util.List;
import java.util.function.Supplier;

/** Makes transports to servers that the device learns of while it works. */
public interface Transports {
    /**
     * A transport of its own, for one server.
     *
     * @param trusted asked in each handshake: the first that fits is believed, in place of those before it
     */
    DeviceTransport to(Supplier<List<Trust>> trusted);
}
