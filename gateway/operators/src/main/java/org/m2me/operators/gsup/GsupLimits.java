// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.gsup;

import java.time.Duration;
import org.m2me.operators.stream.StreamServer;

/**
 * What peers may take, and how long each waits for the other.
 *
 * @param handshake from the first octet until a client has said who it is
 * @param connections clients at once; each has two threads
 * @param outstanding requests of one connection that wait for an answer from the other side
 * @param silence after which the other side is asked whether it is there
 * @param pong how long it may take to say so; and to bring the rest of a frame that it has begun
 * @param answer how long a request may take
 */
public record GsupLimits(
        Duration handshake, int connections, int outstanding, Duration silence, Duration pong, Duration answer) {
    /**
     * Osmocom's clients identify themselves in milliseconds and ping every 20 s. 64 serving nodes are a large network.
     * 256 devices that attach in the same second are a fleet that powers up. A mobile waits 15 s for an attach (T3310 of
     * TS 24.008 11.2.2), which takes up to three requests.
     */
    public static final GsupLimits DEFAULT = new GsupLimits(
            Duration.ofSeconds(15), 64, 256, Duration.ofSeconds(20), Duration.ofSeconds(10), Duration.ofSeconds(4));

    public GsupLimits {
        if (connections < 1 || outstanding < 1 || silence.toMillis() < 1 || pong.toMillis() < 1) {
            throw new IllegalArgumentException("GSUP limits: each wants to be above 0");
        }
    }

    StreamServer.Admission admission() {
        return new StreamServer.Admission(handshake, connections);
    }
}
