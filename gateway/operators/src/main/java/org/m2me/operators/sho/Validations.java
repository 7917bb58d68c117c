// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.m2me.operators.Peers;
import org.m2me.operators.Pva;
import org.m2me.operators.Sho.Progress;
import org.m2me.operators.sho.Registrations.Registration;
import org.m2me.operators.sho.campaign.ValidationPace;
import org.m2me.operators.store.Outbox;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;

/** Step 8: the PVA is asked to validate a device; for one of a campaign when its turn has come. */
final class Validations {
    private final Parts parts;
    private final Peers peers;

    Validations(Parts parts, Peers peers) {
        this.parts = parts;
        this.peers = peers;
    }

    /** Within the transaction that finds that the device needs it. */
    void owe(Connection connection, Nonce registration, Ueid device) throws SQLException {
        Tallies.validation(connection);
        ValidationPace.needed(connection, device, parts.now());
        parts.outbox().add(connection, Owed.VALIDATE, registration.toString(), Parts.NOTHING_MORE);
    }

    /** Work of the outbox: asks, or puts it off until there may be a turn. */
    Outbox.FollowUp request(String key) throws Refused {
        Registration owed = parts.database()
                .read(connection -> Registrations.find(connection, new Nonce(Opaque.hex(key))))
                .orElseThrow();
        if (owed.state() != Progress.VALIDATING) {
            return Outbox.FollowUp.NONE;
        }
        Duration wait = untilTurn(owed);
        if (!wait.isZero()) {
            return connection -> parts.outbox().addLater(connection, Owed.VALIDATE, key, Parts.NOTHING_MORE, wait);
        }
        peers.pva()
                .validate(new Pva.Request(
                        owed.nonce(),
                        owed.device(),
                        parts.settings().operator(),
                        parts.settings().policy().id()));
        return connection -> ValidationPace.asked(connection, owed.device());
    }

    private Duration untilTurn(Registration owed) {
        Optional<Integer> limit = parts.database().read(connection -> ValidationPace.limit(connection, owed.device()));
        return limit.isEmpty()
                ? Duration.ZERO
                : parts.database().transact(connection -> ValidationPace.turn(connection, limit.get(), parts.now()));
    }
}
