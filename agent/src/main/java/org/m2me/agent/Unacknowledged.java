// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.m2me.protocol.message.Telemetry;

/** Telemetry that nobody has acknowledged yet, until the agent ends. */
final class Unacknowledged {
    /** With a reading a minute half an hour; what is older tells less than what it costs to keep and to send. */
    static final int MAX = 32;

    private final Deque<Telemetry> messages = new ArrayDeque<>();

    /** Adds the newest. @return the oldest, if there was no room for both */
    Optional<Telemetry> add(Telemetry newest) {
        messages.add(newest);
        return messages.size() > MAX ? Optional.of(messages.remove()) : Optional.empty();
    }

    Optional<Telemetry> oldest() {
        return Optional.ofNullable(messages.peek());
    }

    /** The oldest is done with. */
    void done() {
        messages.remove();
    }
}
