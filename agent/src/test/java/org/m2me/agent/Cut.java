// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.m2me.agent.transport.Answer;
import org.m2me.agent.transport.DeviceTransport;
import org.m2me.agent.transport.Traffic;
import org.m2me.hal.Bearer;
import org.m2me.protocol.message.DeviceResource;

/** A transport that is cut before or after the gateway hears a request. */
final class Cut implements DeviceTransport {
    interface Moment {
        void of(DeviceResource resource) throws IOException;
    }

    private final DeviceTransport whole;
    private final Moment moment;
    private final boolean after;

    Cut(DeviceTransport whole, Moment moment, boolean after) {
        this.whole = whole;
        this.moment = moment;
        this.after = after;
    }

    @Override
    public void connect(Bearer bearer, InetSocketAddress gateway) throws IOException {
        whole.connect(bearer, gateway);
    }

    @Override
    public Answer exchange(DeviceResource resource, byte[] body, Duration limit)
            throws IOException, InterruptedException {
        if (!after) {
            moment.of(resource);
        }
        Answer answer = whole.exchange(resource, body, limit);
        if (after) {
            moment.of(resource);
        }
        return answer;
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
