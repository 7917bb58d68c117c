// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.regulator;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.m2me.operators.Regulator.Acts;
import org.m2me.operators.Regulator.Entry;
import org.m2me.operators.Regulator.Page;
import org.m2me.operators.Regulator.Recorded;
import org.m2me.operators.store.Sql;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.pki.CertificatePath;
import org.m2me.protocol.pki.CertificateRefused;

/**
 * The record. Each transaction that appends looks first whether the last entry is the one that the head names, and signs
 * the new head before it ends: so nothing is appended to a record that another hand has cut, which would cover the cut.
 */
final class AuditLog {
    static final List<String> SCHEMA = List.of("""
            CREATE TABLE entry (
              number BIGINT PRIMARY KEY,
              teller TEXT NOT NULL,
              id TEXT NOT NULL,
              text TEXT NOT NULL,
              hash BLOB NOT NULL,
              UNIQUE (teller, id))""", """
            CREATE TABLE head (
              place BIGINT PRIMARY KEY,
              signed BLOB NOT NULL)""");

    /** About 200 kB in JSON: under the limit of a message. */
    static final int PAGE = 200;

    private final RoleContext context;
    private final Clock clock;

    AuditLog(RoleContext context) {
        this.context = context;
        this.clock = context.clock();
    }

    /** A record that has just begun gets a head of its own. */
    void begin(Connection connection) throws SQLException, Refused {
        if (signed(connection).isEmpty() && last(connection).isEmpty()) {
            sign(connection, 0, ChainText.ORIGIN);
        }
    }

    /** @throws Refused FORBIDDEN for an id that is there with another content; UNAVAILABLE by a wrong clock */
    void append(Connection connection, Acts acts) throws SQLException, Refused {
        AuditHead head = head(connection);
        long number = head.number();
        Opaque hash = head.hash();
        for (Entry said : acts.entries()) {
            Entry entry = withTime(said, said.at().truncatedTo(ChronoUnit.MILLIS));
            if (!isKnown(connection, acts.by(), entry)) {
                number++;
                String text = ChainText.of(number, now(), acts.by(), entry);
                hash = ChainText.hash(hash, text);
                Sql.update(
                        connection,
                        "INSERT INTO entry (number, teller, id, text, hash) VALUES (?, ?, ?, ?, ?)",
                        number,
                        acts.by(),
                        entry.id(),
                        text,
                        hash);
            }
        }
        if (number != head.number()) {
            sign(connection, number, hash);
        }
    }

    /** @throws IllegalStateException if somebody else had his hands in the record */
    private AuditHead head(Connection connection) throws SQLException {
        AuditHead end = last(connection)
                .map(last -> new AuditHead(last.number(), last.hash(), now()))
                .orElse(new AuditHead(0, ChainText.ORIGIN, now()));
        try {
            AuditHead head = AuditHead.verify(
                    signed(connection).orElseThrow(() -> new ForgedException("there is none")), context.anchors());
            if (head.number() != end.number() || !head.hash().equals(end.hash())) {
                throw new ForgedException("it is for entry " + head.number() + ", the last one is " + end.number());
            }
            return head;
        } catch (ForgedException changed) {
            throw new IllegalStateException(
                    "audit: nothing is appended, for the record was changed by another hand: its head: "
                            + changed.getMessage(),
                    changed);
        }
    }

    /** Said again, also at another time, it has no effect; another thing under the same name is not taken. */
    private static boolean isKnown(Connection connection, String by, Entry entry) throws SQLException, Refused {
        Optional<Entry> known = Sql.first(
                        connection,
                        "SELECT text, hash FROM entry WHERE teller = ? AND id = ?",
                        AuditLog::read,
                        by,
                        entry.id())
                .map(Recorded::entry);
        if (known.isPresent() && !withTime(known.get(), entry.at()).equals(entry)) {
            throw new Refused(ResultCode.FORBIDDEN, "audit: " + by + " has said something else of " + entry.id());
        }
        return known.isPresent();
    }

    private static Entry withTime(Entry entry, Instant at) {
        return new Entry(
                entry.id(),
                entry.what(),
                entry.device(),
                entry.registration(),
                entry.procedure(),
                entry.operator(),
                entry.rule(),
                entry.code(),
                at);
    }

    Page page(Connection connection, long after) throws SQLException {
        List<Recorded> entries = Sql.all(
                connection,
                "SELECT text, hash FROM entry WHERE number > ? ORDER BY number LIMIT ?",
                AuditLog::read,
                after,
                PAGE);
        return new Page(entries, signed(connection).orElseThrow());
    }

    /** @throws Refused UNAVAILABLE by a clock outside of our certificate's time: nobody would ever believe that head */
    private void sign(Connection connection, long number, Opaque hash) throws SQLException, Refused {
        try {
            CertificatePath.verify(context.certificate(), context.anchors(), now());
        } catch (CertificateRefused wrong) {
            throw new Refused(ResultCode.UNAVAILABLE, "audit: cannot sign at " + now() + ": " + wrong.getMessage());
        }
        Opaque signed = new AuditHead(number, hash, now()).sign(context.certificate(), context.key());
        Sql.update(
                connection,
                "INSERT INTO head (place, signed) VALUES (1, ?) ON CONFLICT (place) DO UPDATE SET signed = excluded.signed",
                signed);
    }

    private static Optional<Opaque> signed(Connection connection) throws SQLException {
        return Sql.first(connection, "SELECT signed FROM head WHERE place = 1", row -> Opaque.of(row.getBytes(1)));
    }

    private static Optional<Recorded> last(Connection connection) throws SQLException {
        return Sql.first(connection, "SELECT text, hash FROM entry ORDER BY number DESC LIMIT 1", AuditLog::read);
    }

    private static Recorded read(ResultSet row) throws SQLException {
        return ChainText.recorded(row.getString(1), Opaque.of(row.getBytes(2)));
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
