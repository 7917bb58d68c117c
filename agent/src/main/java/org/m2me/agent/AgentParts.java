// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.time.Clock;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.m2me.agent.transport.DeviceTransport;
import org.m2me.hal.Board;
import org.m2me.hal.TrustedEnvironment;

/**
 * What the agent is made of. Whoever made them closes them.
 *
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
        Events events,
        Clock clock,
        LongSupplier nanoTime,
        RandomGenerator random,
        Waiting waiting) {}
