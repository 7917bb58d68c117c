// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge.device;

import java.time.Duration;

/**
 * What the gateway allows, and how long it waits.
 *
 * @param devices how many connections are kept
 * @param quiet so long a connection must have been quiet to give way to a new device's, when that many are kept: the one that
 *     was for the longest does. Longer than any exchange takes; the device that it was of makes a new one
 * @param perDevice requests of one device
 * @param recordsPerSource datagrams with a connection ID from one source prefix (IPv4 /24, IPv6 /56)
 * @param handshakesPerSource other datagrams, that is handshakes, from one source prefix
 * @param workers threads that wait for roles
 * @param queue requests that wait for a worker; one more is answered {@code BUSY}
 * @param acknowledgeAfter how long an answer is held back so that it travels on the acknowledgement; less than the two
 *     seconds after which a device sends again (RFC 7252 4.8)
 * @param mailHold how long a question for mail is kept open
 * @param mailRecheck how often the roles are asked again while it is open, whatever their feeds say
 * @param roleAnswer how long a role may take to answer
 */
public record Limits(
        int devices,
        Duration quiet,
        Rate perDevice,
        Rate recordsPerSource,
        Rate handshakesPerSource,
        int workers,
        int queue,
        Duration acknowledgeAfter,
        Duration mailHold,
        Duration mailRecheck,
        Duration roleAnswer) {
    /** For one machine and some thousands of devices, many of which may sit behind one address. */
    public static final Limits DEFAULT = new Limits(
            10_000,
            Duration.ofMinutes(1),
            new Rate(30, 10),
            new Rate(10_000, 5_000),
            new Rate(4_000, 1_000),
            16,
            1_000,
            Duration.ofSeconds(1),
            Duration.ofSeconds(20),
            Duration.ofSeconds(2),
            Duration.ofSeconds(10));
}
