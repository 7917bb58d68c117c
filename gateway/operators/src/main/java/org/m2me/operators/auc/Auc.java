// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.auc;

import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.m2me.operators.AuthenticationCentre.Resynchronisation;
import org.m2me.operators.AuthenticationCentre.VectorRequest;
import org.m2me.operators.store.Database;
import org.m2me.operators.store.Vault;
import org.m2me.protocol.aka.AkaFunctions;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.AuthenticationVector;
import org.m2me.protocol.aka.Quintets;
import org.m2me.protocol.aka.SqnArray;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

/**
 * Keys, sequence numbers and usage of subscriptions (TS 33.102 6.3). It works in the transactions of the role that has
 * it, so that the role's own conditions hold in the same moment; what it returns may leave the role once the transaction
 * is committed, for only then is the sequence number durable.
 */
public final class Auc {
    /** Statements for {@link Database#open}. */
    public static final List<String> SCHEMA = AucTables.SCHEMA;

    /** For GPRS and UMTS. */
    public static final int AMF = 0x0000;

    /** For EPS, EAP-AKA' and 5G: with the separation bit (TS 33.102 annex H). */
    public static final int AMF_SEPARATED = 0x8000;

    /** A session's name: random bytes in hexadecimal, or whatever a network calls it. */
    public static final int SESSION_LENGTH_MAX = 64;

    /** As many as GSUP and MAP hand out at once. */
    public static final int VECTORS_MAX = 5;

    /** A common name or shorter. */
    public static final int NODE_LENGTH_MAX = 64;

    /** A session that has not reported for so long is over: its total stays, what tells its reports apart goes. */
    static final Duration SESSION_KEPT = Duration.ofDays(7);

    private final Vault vault;
    private final SecureRandom random;
    private final AucTables tables;

    /** @param vault the role's, which keeps and closes it */
    public Auc(Vault vault, Clock clock, SecureRandom random) {
        this.vault = vault;
        this.random = random;
        this.tables = new AucTables(clock);
    }

    /**
     * What one subscription has used.
     *
     * @param bytes both ways
     * @param sessions that were reported
     */
    public record Used(long bytes, long sessions) {}

    /** Adds a subscription, at SQN 0, with nothing used; one that is there is replaced. */
    public void put(Connection connection, Imsi imsi, AkaKey key, SqnParameters sqn) throws SQLException {
        put(connection, imsi, key, SqnArray.fresh(sqn));
    }

    /** The same, for a USIM whose sequence numbers begin elsewhere: the next one given out is fresh for it. */
    public void put(Connection connection, Imsi imsi, AkaKey key, SqnArray sqn) throws SQLException {
        tables.put(connection, imsi, vault.sealKey(key, place(imsi)), sqn);
    }

    /** Whether a subscription is there with exactly this key and these parameters. */
    public boolean holds(Connection connection, Imsi imsi, AkaKey key, SqnParameters sqn) throws SQLException {
        var row = tables.find(connection, imsi);
        if (row.isEmpty()) {
            return false;
        }
        try (AkaKey mine = vault.openKey(row.get().sealed(), place(imsi))) {
            return row.get().parameters().equals(sqn)
                    && mine.algorithm() == key.algorithm()
                    && mine.constants().equals(key.constants())
                    && key.k().use(mine.k()::sameAs)
                    && key.opc().use(mine.opc()::sameAs);
        }
    }

    /** Takes a subscription away. */
    public void remove(Connection connection, Imsi imsi) throws SQLException {
        tables.remove(connection, imsi);
    }

    /**
     * Fresh vectors, the sequence number moved on; with AUTS the first is fresh for that USIM (TS 33.102 6.3.5).
     *
     * @throws Refused PCID_UNKNOWN, or AUTHENTICATION_FAILED when AUTS does not verify, or MALFORMED
     */
    public List<AuthenticationVector> vectors(Connection connection, VectorRequest request)
            throws SQLException, Refused {
        if (request.count() < 1 || request.count() > VECTORS_MAX) {
            throw new Refused(ResultCode.MALFORMED, request.count() + " vectors: 1 to " + VECTORS_MAX + " at once");
        }
        if (request.servingNode().isEmpty() || request.servingNode().length() > NODE_LENGTH_MAX) {
            throw new Refused(ResultCode.MALFORMED, "serving node: wants 1 to " + NODE_LENGTH_MAX + " characters");
        }
        AucTables.Row row = tables.find(connection, request.imsi()).orElseThrow(() -> unknown(request.imsi()));
        int ind = tables.place(connection, request.servingNode())
                & ((1 << row.parameters().indBits()) - 1);
        try (AkaKey key = vault.openKey(row.sealed(), place(request.imsi()))) {
            AkaFunctions functions = key.functions();
            long sqn = row.sqn();
            if (request.resynchronisation().isPresent()) {
                sqn = resynchronised(
                        functions, row, ind, request.resynchronisation().get());
            }
            int amf = request.separated() ? AMF_SEPARATED : AMF;
            List<AuthenticationVector> vectors = new ArrayList<>();
            for (int i = 0; i < request.count(); i++) {
                sqn = Quintets.next(sqn, ind, row.parameters());
                vectors.add(Quintets.generate(functions, sqn, amf, random));
            }
            tables.moveTo(connection, request.imsi(), sqn);
            return vectors;
        }
    }

    /** Where to count on from. An AUTS that is true but old does not turn the count back (6.3.5, steps 3 to 5). */
    private static long resynchronised(AkaFunctions functions, AucTables.Row row, int ind, Resynchronisation said)
            throws Refused {
        OptionalLong heard = Quintets.resynchronise(
                functions, said.rand().bytes(), said.auts().bytes());
        if (heard.isEmpty()) {
            throw new Refused(ResultCode.AUTHENTICATION_FAILED, "AUTS does not verify");
        }
        SqnParameters parameters = row.parameters();
        long highest = heard.getAsLong() >> parameters.indBits();
        long next = Quintets.next(row.sqn(), ind, parameters) >> parameters.indBits();
        boolean accepted = next > highest && next - highest <= parameters.delta();
        return accepted ? row.sqn() : heard.getAsLong();
    }

    /**
     * Counts what a session used; of its repeated reports the highest.
     *
     * @throws Refused PCID_UNKNOWN, MALFORMED
     */
    public void count(Connection connection, Imsi imsi, String session, long bytes) throws SQLException, Refused {
        if (session.isEmpty() || session.length() > SESSION_LENGTH_MAX || bytes < 0) {
            throw new Refused(
                    ResultCode.MALFORMED,
                    "usage: wants a name of 1 to " + SESSION_LENGTH_MAX + " characters and no negative bytes");
        }
        if (tables.find(connection, imsi).isEmpty()) {
            throw unknown(imsi);
        }
        tables.count(connection, imsi, session, bytes);
    }

    /** @throws Refused PCID_UNKNOWN */
    public Used used(Connection connection, Imsi imsi) throws SQLException, Refused {
        return tables.find(connection, imsi).orElseThrow(() -> unknown(imsi)).used();
    }

    /** The bytes that each subscription has used. */
    public static Map<Imsi, Long> charged(Connection connection) throws SQLException {
        return AucTables.charged(connection);
    }

    private static Refused unknown(Imsi imsi) {
        return new Refused(ResultCode.PCID_UNKNOWN, "no subscription " + imsi);
    }

    private static String place(Imsi imsi) {
        return "authentication centre " + imsi;
    }
}
