// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.m2me.operators.store.Outbox;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.step.Step;

/** The moment at which a registration that came no further is ended: one at most for each, and it survives a restart. */
final class TimeLimit {
    /** Kind of outbox work. */
    static final String KIND = "limit";

    /**
     * How long steps 8 to 10 may take in all: each its own limit, and what an outage of the PVA that is repaired at once
     * costs. As long as a device waits for its mail before it starts over.
     */
    static final Duration VALIDATION = Step.REQUEST_VALIDATION
            .limit()
            .plus(Step.VALIDATE.limit())
            .plus(Step.REPORT_VALIDATION.limit())
            .plus(Duration.ofMinutes(27));

    /** Work of one key is done in turn: the limit must not wait behind what the registration's own key is owed for. */
    private static final String PREFIX = "limit of ";

    /** What is done then, in the transaction that ends the limit. */
    @FunctionalInterface
    interface Over {
        void over(Connection connection, Nonce registration) throws SQLException;
    }

    private TimeLimit() {}

    /** Counts from now, instead of what counted before. */
    static void set(Outbox outbox, Connection connection, Nonce registration, Duration limit) throws SQLException {
        end(outbox, connection, registration);
        outbox.addLater(connection, KIND, PREFIX + registration, new byte[0], limit);
    }

    /** Counts no more. */
    static void end(Outbox outbox, Connection connection, Nonce registration) throws SQLException {
        outbox.drop(connection, KIND, PREFIX + registration);
    }

    static Outbox.Handler handler(Over over) {
        return (key, body) ->
                connection -> over.over(connection, new Nonce(Opaque.hex(key.substring(PREFIX.length()))));
    }
}
