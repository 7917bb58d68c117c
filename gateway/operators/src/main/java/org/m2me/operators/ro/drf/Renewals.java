// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ro.drf;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.m2me.operators.Peers;
import org.m2me.operators.Supplier;
import org.m2me.operators.store.Database;
import org.m2me.operators.store.Outbox;
import org.m2me.operators.store.Sql;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Mail;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.Register;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.message.Verdict;

/**
 * Devices that ask for a new PCID: no operator has a part in it. Each is taken down and answered at once, and passed on to
 * the CCIF from the outbox; what is refused there waits in the device's mailbox.
 */
final class Renewals {
    static final List<String> SCHEMA = List.of(
            "CREATE TABLE renewal (nonce TEXT PRIMARY KEY, device TEXT NOT NULL, pcid TEXT NOT NULL, at BIGINT NOT NULL,"
                    + " state TEXT NOT NULL, code BIGINT)",
            "CREATE INDEX renewal_device ON renewal (device, at)");

    /** Outbox: keyed by the nonce. */
    static final String RENEW = "renew";

    /** A device asks about once a day; it may be cut off now and then. Whoever asks more often wants something else. */
    static final int RENEWALS_PER_DAY = 10;

    private static final Duration DAY = Duration.ofDays(1);
    private static final byte[] NOTHING_MORE = {};

    /** What became of one. */
    private enum State {
        /** Asked for; stays so when it succeeds, for the DRF does not learn of that. */
        OPEN,
        /** Refused: the device finds the code in its mailbox until it asks or registers anew. */
        REFUSED,
        /** The device asked or registered anew. */
        REPLACED
    }

    private record Row(Supplier.Renewal asked, State state, ResultCode code) {}

    private final Database database;
    private final Peers peers;
    private final Clock clock;

    Renewals(Database database, Peers peers, Clock clock) {
        this.database = database;
        this.peers = peers;
        this.clock = clock;
    }

    /**
     * Takes one down. The same again is passed on again: what the supplier made may have waited for the device too long.
     *
     * @return the answer to the device
     */
    byte[] take(Ueid device, Register asked, Outbox outbox) throws Refused {
        Pcid pcid = asked.pcid()
                .orElseThrow(() -> new Refused(ResultCode.MALFORMED, "renewal: does not say of which PCID"));
        database.<Refused>change(connection -> {
            Nonce nonce = asked.registration();
            Optional<Row> known = find(connection, nonce);
            if (known.isPresent()) {
                check(known.get(), new Supplier.Renewal(nonce, device, pcid));
            } else {
                open(connection, new Supplier.Renewal(nonce, device, pcid));
            }
            outbox.add(connection, RENEW, nonce.toString(), NOTHING_MORE);
        });
        return new Verdict(ResultCode.OK).encode();
    }

    private static void check(Row known, Supplier.Renewal asked) throws Refused {
        if (!known.asked().equals(asked) || known.state() != State.OPEN) {
            throw new Refused(
                    ResultCode.NONCE_USED, "renewal " + asked.registration() + ": has ended, or is of something else");
        }
    }

    private void open(Connection connection, Supplier.Renewal asked) throws SQLException, Refused {
        if (Registrations.find(connection, asked.registration()).isPresent()) {
            throw new Refused(ResultCode.NONCE_USED, "renewal " + asked.registration() + ": is a registration");
        }
        long today = Sql.first(
                        connection,
                        "SELECT COUNT(*) FROM renewal WHERE device = ? AND at > ?",
                        row -> row.getLong(1),
                        asked.device(),
                        clock.instant().minus(DAY))
                .orElse(0L);
        if (today >= RENEWALS_PER_DAY) {
            throw new Refused(
                    ResultCode.BUSY, "renewal: " + asked.device() + " asked " + today + " times within a day");
        }
        replaced(connection, asked.device());
        Registrations.over(connection, asked.device());
        Sql.update(
                connection,
                "INSERT INTO renewal (nonce, device, pcid, at, state) VALUES (?, ?, ?, ?, ?)",
                asked.registration(),
                asked.device(),
                asked.pcid(),
                clock.instant(),
                State.OPEN);
    }

    /** The device asks or registers anew: nothing waits for it here any more. */
    static void replaced(Connection connection, Ueid device) throws SQLException {
        Sql.update(
                connection,
                "UPDATE renewal SET state = ? WHERE device = ? AND state <> ?",
                State.REPLACED,
                device,
                State.REPLACED);
    }

    /** Whether a renewal was asked for with this nonce. */
    static boolean has(Connection connection, Nonce nonce) throws SQLException {
        return find(connection, nonce).isPresent();
    }

    /** What waits for the device, if it was refused. */
    static Optional<Mail.Refusal> refusal(Connection connection, Ueid device) throws SQLException {
        return Sql.first(
                        connection,
                        SELECT + "device = ? AND state = ? ORDER BY at DESC",
                        Renewals::read,
                        device,
                        State.REFUSED)
                .map(row -> new Mail.Refusal(row.asked().registration(), row.code()));
    }

    /** The devices that have a refusal to fetch. */
    static List<Ueid> refused(Connection connection) throws SQLException {
        return Sql.all(
                connection,
                "SELECT DISTINCT device FROM renewal WHERE state = ?",
                row -> Ueid.hex(row.getString(1)),
                State.REFUSED);
    }

    Outbox.FollowUp passOn(String key, byte[] body) throws Refused {
        Row owed = database.read(connection -> find(connection, nonce(key))).orElseThrow();
        if (owed.state() == State.OPEN) {
            peers.ccif().renew(owed.asked());
        }
        return Outbox.FollowUp.NONE;
    }

    /** @return whose it is, to be told that mail waits; empty when nobody waits for it any more */
    static Optional<Ueid> givenUp(Connection connection, String key, ResultCode code) throws SQLException {
        Row owed = find(connection, nonce(key)).orElseThrow();
        if (owed.state() != State.OPEN) {
            return Optional.empty();
        }
        Sql.update(
                connection,
                "UPDATE renewal SET state = ?, code = ? WHERE nonce = ?",
                State.REFUSED,
                code.number(),
                owed.asked().registration());
        return Optional.of(owed.asked().device());
    }

    private static final String SELECT = "SELECT nonce, device, pcid, state, code FROM renewal WHERE ";

    private static Optional<Row> find(Connection connection, Nonce nonce) throws SQLException {
        return Sql.first(connection, SELECT + "nonce = ?", Renewals::read, nonce);
    }

    private static Row read(ResultSet row) throws SQLException {
        return new Row(
                new Supplier.Renewal(nonce(row.getString(1)), Ueid.hex(row.getString(2)), Pcid.of(row.getString(3))),
                State.valueOf(row.getString(4)),
                ResultCode.of(row.getLong(5)));
    }

    private static Nonce nonce(String digits) {
        return new Nonce(Opaque.hex(digits));
    }
}
