// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.access;

import java.time.Duration;
import org.m2me.operators.stream.StreamServer;

/**
 * What one device, and all together, may take of a network.
 *
 * @param handshake from the first octet to being attached
 * @param attachments devices at once; each has a thread
 * @param framesPerSecond signalling of one device, in the long run; twice as many in a burst
 * @param idle a session without packets, or an attachment without sessions and signalling, is ended after this
 */
public record AccessLimits(Duration handshake, int attachments, int framesPerSecond, Duration idle) {
    /**
     * 15 s is the mobile's own patience (T3310 of TS 24.008 11.2.2). 2000 threads take about 200 MB at worst. A device
     * that provisions says some ten things in a second. Devices report once an hour or more often, or detach.
     */
    public static final AccessLimits DEFAULT = new AccessLimits(Duration.ofSeconds(15), 2_000, 20, Duration.ofHours(2));

    public AccessLimits {
        if (handshake.isNegative() || handshake.isZero() || attachments < 1 || framesPerSecond < 1 || idle.isZero()) {
            throw new IllegalArgumentException("access limits: each wants to be above 0");
        }
    }

    /** Of devices' connections. */
    public StreamServer.Admission admission() {
        return new StreamServer.Admission(handshake, attachments);
    }
}
