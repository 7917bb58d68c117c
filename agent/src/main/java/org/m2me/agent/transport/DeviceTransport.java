// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.m2me.hal.Bearer;
import org.m2me.protocol.message.DeviceResource;

/** Carries requests to one server, the gateway or another, one at a time. A second form, over a broker, has the same shape. */
public interface DeviceTransport extends AutoCloseable {
    /**
     * From now on sends over this bearer. What was agreed with the same gateway before goes on, whatever the bearer.
     *
     * @throws IOException if the bearer has no way to the gateway
     */
    void connect(Bearer bearer, InetSocketAddress gateway) throws IOException;

    /**
     * Sends one request and waits for its answer.
     *
     * @param limit for the whole exchange once the gateway has heard the request; shorter while it has not
     * @throws IOException if there is no answer; whether the request had its effect is unknown
     */
    Answer exchange(DeviceResource resource, byte[] body, Duration limit) throws IOException, InterruptedException;

    /** What this took, since it was made. */
    Traffic traffic();

    @Override
    void close();
}
