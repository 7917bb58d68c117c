// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ro.dpf;

import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.m2me.operators.Authorization;
import org.m2me.operators.Dpf;
import org.m2me.operators.Iccid;
import org.m2me.operators.ImsiRange;
import org.m2me.operators.Sho;
import org.m2me.operators.store.Sql;
import org.m2me.operators.store.Vault;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.aka.AkaAlgorithm;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.SqnArray;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.envelope.CmsMcimEnvelope;
import org.m2me.protocol.envelope.Mcim;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.pki.CertificatePath;
import org.m2me.protocol.pki.CertificateRefused;
import org.m2me.protocol.pki.CertificateRefused.Reason;

/**
 * The rules by which the DPF makes MCIMs for operators that let it (TR 33.812 5.2.5.4.3), and what it made, until the
 * operator has it. OPc, signing keys and K are sealed.
 */
final class StoredRules {
    static final List<String> SCHEMA =
            List.of("""
            CREATE TABLE rules (
              operator TEXT PRIMARY KEY,
              imsi_first TEXT NOT NULL,
              imsi_count BIGINT NOT NULL,
              algorithm TEXT NOT NULL,
              sealed_opc BYTEA NOT NULL,
              apn TEXT NOT NULL,
              sealed_signing_key BYTEA NOT NULL)""", "CREATE TABLE rules_range (imsi_first TEXT PRIMARY KEY, used BIGINT NOT NULL)");

    private static final int K_LENGTH = 16;

    private record Row(ImsiRange range, AkaAlgorithm algorithm, Opaque opc, String apn, Opaque key) {}

    private final RoleContext context;
    private final Vault vault;
    private final SecureRandom random;
    private final CmsMcimEnvelope envelopes;

    StoredRules(RoleContext context) {
        this.context = context;
        this.vault = context.vault();
        this.random = context.random();
        this.envelopes = new CmsMcimEnvelope(context.random());
    }

    /** @throws Refused unless these are an operator's own, and fit together; UNAVAILABLE if our clock cannot tell */
    void check(Dpf.Rules stored) throws Refused {
        try {
            Certificate certificate = Certificate.parse(stored.certificate().bytes());
            CertificatePath.verify(
                    certificate, context.anchors(), context.clock().instant());
            boolean fits = stored.opc().length() == stored.algorithm().opcLength()
                    && !stored.algorithm().isForTests();
            ImsiRange range = new ImsiRange(new Imsi(stored.imsiFirst()), stored.imsiCount());
            if (!fits || !stored.operator().isHomeOf(range.first())) {
                throw new Refused(ResultCode.MALFORMED, "rules of " + stored.operator() + ": OPc or IMSIs do not fit");
            }
            if (!certificate.commonName().equals(Authorization.nameOf(stored.operator()))
                    || !isKeyOf(certificate, stored)) {
                throw new Refused(
                        ResultCode.FORBIDDEN,
                        "rules of " + stored.operator() + ": certificate or signing key is not this operator's");
            }
        } catch (CertificateRefused distrusted) {
            // By a clock that is wrong nothing is decided: the operator comes again.
            ResultCode code =
                    distrusted.reason() == Reason.NOT_YET_VALID ? ResultCode.UNAVAILABLE : ResultCode.FORBIDDEN;
            throw new Refused(code, "rules of " + stored.operator() + ": " + distrusted.getMessage());
        } catch (IllegalArgumentException malformed) {
            throw new Refused(ResultCode.MALFORMED, "rules of " + stored.operator() + ": " + malformed.getMessage());
        }
    }

    private static boolean isKeyOf(Certificate certificate, Dpf.Rules stored) {
        try (P256PrivateKey key = P256PrivateKey.ofPkcs8(stored.signingKey())) {
            return key.publicKey().thumbprint().equals(certificate.publicKey().thumbprint());
        }
    }

    /** Stores an operator's rules. A range that was there before goes on where it was: no IMSI is given out twice. */
    void store(Connection connection, Dpf.Rules rules) throws SQLException {
        Sql.update(
                connection,
                """
                INSERT INTO rules (operator, imsi_first, imsi_count, algorithm, sealed_opc, apn, sealed_signing_key)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (operator) DO UPDATE SET
                  imsi_first = excluded.imsi_first, imsi_count = excluded.imsi_count, algorithm = excluded.algorithm,
                  sealed_opc = excluded.sealed_opc, apn = excluded.apn, sealed_signing_key = excluded.sealed_signing_key""",
                rules.operator(),
                rules.imsiFirst(),
                rules.imsiCount(),
                rules.algorithm(),
                vault.seal(rules.opc(), "opc " + rules.operator()),
                rules.apn(),
                vault.seal(rules.signingKey(), "signing key " + rules.operator()));
    }

    /**
     * Makes a MCIM: the next IMSI of the range, a fresh K. The operator's copy is kept, sealed, for {@link #made}.
     *
     * @param making what the authorisation says to put in
     * @throws Refused UNAVAILABLE while there are no rules, QUOTA when the range is used up
     */
    void make(Connection connection, Authorization by, Authorization.Making making) throws SQLException, Refused {
        Row rules = find(connection, by.operator())
                .orElseThrow(() -> new Refused(ResultCode.UNAVAILABLE, "order: no rules of " + by.operator() + " yet"));
        long used = nextOf(connection, rules.range());
        if (used > rules.range().count()) {
            throw new Refused(ResultCode.QUOTA, "order: the IMSIs that " + by.operator() + " gave are used up");
        }
        Imsi imsi = rules.range().at(used - 1);
        AkaKey key = new AkaKey(
                rules.algorithm(),
                SecretBytes.random(K_LENGTH, random),
                vault.open(rules.opc().bytes(), "opc " + by.operator()));
        try (Mcim mcim = new Mcim(
                by.device(),
                by.operator(),
                by.registration(),
                making.serial(),
                imsi,
                Iccid.of(imsi),
                key,
                SqnArray.fresh(SqnParameters.DEFAULT),
                rules.apn(),
                making.ownerToken())) {
            Provisionings.add(connection, by, Provisionings.State.GENERATED, seal(mcim, making, rules));
            Sql.update(
                    connection,
                    "UPDATE provisioning SET imsi = ?, sealed_key = ? WHERE registration = ?",
                    imsi,
                    vault.sealKey(key, place(by.registration())),
                    by.registration());
        }
    }

    /** Takes one more of a range. @return how many are taken */
    private static long nextOf(Connection connection, ImsiRange range) throws SQLException {
        return Sql.first(
                        connection,
                        "INSERT INTO rules_range (imsi_first, used) VALUES (?, 1)"
                                + " ON CONFLICT (imsi_first) DO UPDATE SET used = rules_range.used + 1 RETURNING used",
                        row -> row.getLong(1),
                        range.first())
                .orElseThrow();
    }

    private Opaque seal(Mcim mcim, Authorization.Making making, Row rules) {
        try (SecretBytes pkcs8 = vault.open(rules.key().bytes(), "signing key " + mcim.operator());
                P256PrivateKey operator = P256PrivateKey.ofPkcs8(pkcs8)) {
            return Opaque.of(envelopes.seal(mcim, making.agreementKey(), operator));
        }
    }

    /** The operator's copy, while it is owed. The caller closes its key. */
    Optional<Sho.Generated> made(Connection connection, Provisionings.Provisioning one) throws SQLException {
        return Sql.first(
                connection,
                "SELECT imsi, sealed_key FROM provisioning WHERE registration = ? AND sealed_key IS NOT NULL",
                row -> generated(one, row),
                one.registration());
    }

    private Sho.Generated generated(Provisionings.Provisioning one, ResultSet row) throws SQLException {
        Imsi imsi = new Imsi(row.getString(1));
        return new Sho.Generated(
                one.registration(),
                one.device(),
                imsi,
                Iccid.of(imsi),
                vault.openKey(row.getBytes(2), place(one.registration())));
    }

    /** The operator has it: the DPF forgets K. */
    static void forget(Connection connection, Nonce registration) throws SQLException {
        Sql.update(connection, "UPDATE provisioning SET sealed_key = NULL WHERE registration = ?", registration);
    }

    private static String place(Nonce registration) {
        return "subscription " + registration;
    }

    private static Optional<Row> find(Connection connection, Plmn operator) throws SQLException {
        return Sql.first(
                connection,
                "SELECT imsi_first, imsi_count, algorithm, sealed_opc, apn, sealed_signing_key"
                        + " FROM rules WHERE operator = ?",
                row -> new Row(
                        new ImsiRange(new Imsi(row.getString(1)), row.getLong(2)),
                        AkaAlgorithm.valueOf(row.getString(3)),
                        Opaque.of(row.getBytes(4)),
                        row.getString(5),
                        Opaque.of(row.getBytes(6))),
                operator);
    }

    void close() {
        vault.close();
    }
}
