// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import java.sql.Connection;
import java.sql.SQLException;
import org.m2me.operators.Sho.Progress;
import org.m2me.operators.sho.Registrations.Registration;
import org.m2me.operators.store.Outbox;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Step;
import org.m2me.protocol.step.Steps.Carried;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Registrations that end without a MCIM, and work that is given up. */
final class Endings {
    private static final Logger LOG = LoggerFactory.getLogger(Endings.class);

    private final Parts parts;

    Endings(Parts parts) {
        this.parts = parts;
    }

    /** Ends a registration; the device finds the code in its mailbox at the DRF. */
    void end(Connection connection, Registration registration, ResultCode code) throws SQLException {
        Registrations.move(connection, registration.nonce(), Progress.REFUSED, code);
        TimeLimit.end(parts.outbox(), connection, registration.nonce());
        parts.outbox().add(connection, Owed.REFUSE, registration.nonce().toString(), Parts.NOTHING_MORE);
    }

    /** Nothing came, or the device did not fetch its MCIM while the validation was fresh: it may register anew. */
    void takesTooLong(Connection connection, Nonce nonce) throws SQLException {
        Registration late = Registrations.find(connection, nonce).orElseThrow();
        if (late.state() == Progress.VALIDATING || late.state() == Progress.AUTHORIZED) {
            boolean validating = late.state() == Progress.VALIDATING;
            ResultCode code = validating ? ResultCode.UNAVAILABLE : ResultCode.EVIDENCE_STALE;
            end(connection, late, code);
            parts.steps()
                    .report(
                            validating ? Step.REPORT_VALIDATION : Step.REPORT_STATUS,
                            late.device().hex(),
                            code,
                            new Carried("nothing came in time", 0, 0));
        }
    }

    /** A peer will not do what it is owed. */
    void givenUp(Connection connection, String kind, String key, Exception why) throws SQLException {
        switch (kind) {
            case Owed.VALIDATE, Owed.INQUIRE, Owed.AUTHORIZE -> {
                Registration owed = Registrations.find(connection, new Nonce(Opaque.hex(key)))
                        .orElseThrow();
                if (owed.state() == Progress.VALIDATING || owed.state() == Progress.AUTHORIZED) {
                    end(connection, owed, why instanceof Refused refused ? refused.code() : ResultCode.UNAVAILABLE);
                }
                // Only a DPF that said no cannot have handed the MCIM out: else the subscription stays bound.
                if (Outbox.isFinal(why)) {
                    parts.subscriptions().release(connection, owed);
                }
            }
            case Owed.EXPECT -> Contracts.notAnnounced(connection, Ueid.hex(key));
            default -> LOG.warn("{} {}: not told to the peer: {}", kind, key, why.toString());
        }
    }
}
