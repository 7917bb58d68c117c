// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which state the agent is in, and one way to move. */
final class Lifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);

    /** A move. */
    record Move(State from, State to, String reason, Instant at) {}

    /** Learns of moves: lights, status file, event lines. */
    interface Listener {
        void moved(Move move);
    }

    private final Clock clock;
    private final List<Listener> listeners;
    private State state = State.STARTING;

    Lifecycle(Clock clock, List<Listener> listeners) {
        this.clock = clock;
        this.listeners = List.copyOf(listeners);
    }

    State state() {
        return state;
    }

    /** The only way from one state to another. */
    void enter(State next, String reason) {
        State old = state;
        state = next;
        LOG.info("{} -> {}: {}", old, next, reason);
        Move move = new Move(old, next, reason, clock.instant());
        listeners.forEach(listener -> listener.moved(move));
    }
}
