// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.time.Clock;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.m2me.agent.transport.DeviceTransport;
import org.m2me.agent.transport.Transports;
import org.m2me.hal.Board;
import org.m2me.hal.TrustedEnvironment;

/**
 * What the agent is made of. Whoever made them closes them.
 *
 * @param transport to the gateway that the device was made with
 * @param transports to servers that its owner names; what they make, the agent closes
 * @param events what the agent tells a program that follows it
 * @param clock for what people and certificates say; it may be wrong, and may jump
 * @param nanoTime for what lasts: it only goes forward
 * @param random for pauses; no secret comes from it
 */
public record AgentParts(
        AgentConfiguration configuration,
        Board board,
        TrustedEnvironment tre,
        DeviceTransport transport,
        Transports transports,
        Events events,
        Clock clock,
        LongSupplier nanoTime,
        RandomGenerator random,
        Waiting waiting) {}
