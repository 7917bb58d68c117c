// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.m2me.protocol.crypto.Hashes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What follows when the case is opened: it is measured, so that no validation passes over it, and told. */
final class Tampering {
    /** The measured component that is there only if the case was opened: no supplier publishes a value for it. */
    static final String COMPONENT = "case";

    private static final Logger LOG = LoggerFactory.getLogger(Tampering.class);
    private static final String OPENED = "opened";

    private final AgentParts parts;
    private final Runnable onOpened;
    private volatile Optional<Instant> noticed = Optional.empty();

    /** @param onOpened called once, on a thread of the board's */
    Tampering(AgentParts parts, Runnable onOpened) {
        this.parts = parts;
        this.onOpened = onOpened;
    }

    /** Begins to look. What had happened before is found at once. */
    void watch() {
        parts.board().tamper().onOpened(this::opened);
    }

    /** When it was noticed since the last start; empty while the case is closed. */
    Optional<Instant> noticed() {
        return noticed;
    }

    private void opened() {
        noticed = Optional.of(parts.clock().instant());
        parts.tre().measure(COMPONENT, OPENED, Hashes.sha256(OPENED.getBytes(StandardCharsets.UTF_8)));
        LOG.warn("the case was opened: the next validation will show it");
        parts.events().say("tamper", "component", COMPONENT, "version", OPENED);
        onOpened.run();
    }
}
