// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.m2me.agent.transport.Answer;
import org.m2me.agent.transport.DeviceTransport;
import org.m2me.agent.transport.Traffic;
import org.m2me.hal.Bearer;
import org.m2me.protocol.message.DeviceResource;

/** A server that does not answer some exchanges. */
record Silent(DeviceTransport whole, AtomicLong left) implements DeviceTransport {
    @Override
    public void connect(Bearer bearer, InetSocketAddress server) throws IOException {
        whole.connect(bearer, server);
    }

    @Override
    public Answer exchange(DeviceResource resource, byte[] body, Duration limit)
            throws IOException, InterruptedException {
        if (left.getAndDecrement() > 0) {
            throw new IOException("not heard");
        }
        return whole.exchange(resource, body, limit);
    }

    @Override
    public Traffic traffic() {
        return whole.traffic();
    }

    @Override
    public void close() {
        whole.close();
    }
}
