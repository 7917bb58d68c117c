// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.audit;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.m2me.operators.Peers;
import org.m2me.operators.Regulator;
import org.m2me.operators.Regulator.Acts;
import org.m2me.operators.Regulator.Entry;
import org.m2me.operators.Regulator.What;
import org.m2me.operators.store.Database;
import org.m2me.operators.store.Outbox;
import org.m2me.operators.store.Sql;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a role owes the regulator's record: written in the transaction that does it, told in batches by one piece of work
 * in the role's outbox, so that a regulator that is slow or away holds up one of the outbox's workers at most. Never given
 * up: an entry stays until the regulator has it. In a network without a regulator nothing is kept.
 */
public final class AuditDebts {
    /** Of the work in the outbox. */
    public static final String KIND = "audit";

    /** Schema statements for the role's database. */
    public static final List<String> SCHEMA = List.of("""
            CREATE TABLE audit_debt (
              number BIGINT PRIMARY KEY,
              id TEXT NOT NULL UNIQUE,
              what TEXT NOT NULL,
              device TEXT NOT NULL,
              registration TEXT NOT NULL,
              procedure TEXT,
              operator TEXT NOT NULL,
              code BIGINT NOT NULL,
              at BIGINT NOT NULL,
              refused BIGINT)""");

    /** A regulator that is away hears of everything within this after it is back; a call each burdens nobody. */
    static final Duration AGAIN = Duration.ofSeconds(10);

    private static final String KEY = "audit";
    private static final byte[] NOTHING_MORE = new byte[0];

    private static final Logger LOG = LoggerFactory.getLogger(AuditDebts.class);

    private final RoleContext context;
    private final Peers peers;
    private final Database database;
    private volatile @Nullable Outbox outbox;

    public AuditDebts(RoleContext context, Peers peers, Database database) {
        this.context = context;
        this.peers = peers;
        this.database = database;
    }

    /** The outbox that has {@link #tell} for {@link #KIND}: to be given as soon as it is made. */
    public void through(Outbox worker) {
        outbox = worker;
    }

    /**
     * Something that a role did.
     *
     * @param of the registration, or the order
     * @param number tells acts of one registration apart that may come more than once: the store generation of a report
     */
    public record Deed(
            What what,
            Nonce of,
            Ueid device,
            Plmn operator,
            Optional<Procedure> procedure,
            ResultCode code,
            long number) {
        /** Done once for this registration, and well. */
        public static Deed of(What what, Nonce of, Ueid device, Plmn operator) {
            return new Deed(what, of, device, operator, Optional.empty(), ResultCode.OK, 0);
        }

        /** The same, in this procedure. */
        public Deed in(Procedure known) {
            return new Deed(what, of, device, operator, Optional.of(known), code, number);
        }

        /** The same, with this result. */
        public Deed with(ResultCode result) {
            return new Deed(what, of, device, operator, procedure, result, number);
        }

        /** The same, one of several. */
        public Deed numbered(long which) {
            return new Deed(what, of, device, operator, procedure, code, which);
        }

        private String id() {
            return what + " " + of + (number == 0 ? "" : " " + number);
        }
    }

    /** Writes a deed down, within the transaction that does it. The same again has no effect. */
    public void owe(Connection connection, Deed deed) throws SQLException {
        if (peers.regulator().isEmpty()) {
            return;
        }
        Sql.update(
                connection,
                "INSERT INTO audit_debt (number, id, what, device, registration, procedure, operator, code, at)"
                        + " SELECT coalesce(max(number), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ? FROM audit_debt WHERE true"
                        + " ON CONFLICT (id) DO NOTHING",
                deed.id(),
                deed.what(),
                deed.device(),
                deed.of(),
                deed.procedure(),
                deed.operator(),
                deed.code().number(),
                context.clock().instant());
        outbox().add(connection, KIND, KEY, NOTHING_MORE);
    }

    /** The outbox's handler for {@link #KIND}. What cannot be told now is told later, so this work never fails. */
    public Outbox.FollowUp tell(String key, byte[] body) {
        List<Entry> owed = database.read(AuditDebts::oldest);
        List<Entry> told = new ArrayList<>();
        List<Entry> refused = new ArrayList<>();
        try {
            tell(owed, told, refused);
        } catch (Refused | RuntimeException silent) {
            LOG.info(
                    "audit: {} entries wait {} s: {}", owed.size() - told.size(), AGAIN.toSeconds(), silent.toString());
            return connection -> {
                settle(connection, told, refused);
                outbox().addLater(connection, KIND, KEY, NOTHING_MORE, AGAIN);
            };
        }
        return connection -> {
            settle(connection, told, refused);
            if (!oldest(connection).isEmpty()) {
                outbox().add(connection, KIND, KEY, NOTHING_MORE);
            }
        };
    }

    /** All at once; when the regulator will not have one of them, one by one, so that the others arrive. */
    private void tell(List<Entry> owed, List<Entry> told, List<Entry> refused) throws Refused {
        if (owed.isEmpty()) {
            return;
        }
        Regulator regulator = peers.regulator()
                .orElseThrow(() -> new Refused(ResultCode.UNAVAILABLE, "there is no regulator any more"));
        try {
            regulator.record(acts(owed));
            told.addAll(owed);
            return;
        } catch (Refused whole) {
            if (!Outbox.isFinal(whole)) {
                throw whole;
            }
        }
        for (Entry debt : owed) {
            try {
                regulator.record(acts(List.of(debt)));
                told.add(debt);
            } catch (Refused one) {
                if (!Outbox.isFinal(one)) {
                    throw one;
                }
                LOG.error("audit: the regulator refuses {}: {}", debt.id(), one.getMessage());
                refused.add(debt);
            }
        }
    }

    private Acts acts(List<Entry> debts) {
        return new Acts(context.certificate().commonName(), debts);
    }

    /** What was refused stays, for somebody to look at. */
    private void settle(Connection connection, List<Entry> told, List<Entry> refused) throws SQLException {
        for (Entry debt : told) {
            Sql.update(connection, "DELETE FROM audit_debt WHERE id = ?", debt.id());
        }
        for (Entry debt : refused) {
            Sql.update(
                    connection,
                    "UPDATE audit_debt SET refused = ? WHERE id = ?",
                    context.clock().instant(),
                    debt.id());
        }
    }

    private static List<Entry> oldest(Connection connection) throws SQLException {
        return Sql.all(
                connection,
                "SELECT id, what, device, registration, procedure, operator, code, at FROM audit_debt"
                        + " WHERE refused IS NULL ORDER BY number LIMIT ?",
                AuditDebts::read,
                Regulator.ACTS_MAX);
    }

    private static Entry read(ResultSet row) throws SQLException {
        return new Entry(
                row.getString(1),
                What.valueOf(row.getString(2)),
                Optional.of(Ueid.hex(row.getString(3))),
                Optional.of(new Nonce(Opaque.hex(row.getString(4)))),
                Optional.ofNullable(row.getString(5)).map(Procedure::valueOf),
                Optional.of(Plmn.parse(row.getString(6))),
                Optional.empty(),
                ResultCode.of(row.getLong(7)),
                Instant.ofEpochMilli(row.getLong(8)));
    }

    private Outbox outbox() {
        Outbox known = outbox;
        if (known == null) {
            throw new IllegalStateException("audit: no outbox was given");
        }
        return known;
    }
}
