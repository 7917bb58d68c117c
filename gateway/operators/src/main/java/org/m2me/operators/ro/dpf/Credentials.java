// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ro.dpf;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.m2me.operators.DeviceFeedLog;
import org.m2me.operators.Dpf;
import org.m2me.operators.Peers;
import org.m2me.operators.store.Database;
import org.m2me.operators.store.Outbox;
import org.m2me.operators.store.Sql;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.envelope.McimEnvelope;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Mail;
import org.m2me.protocol.message.ProvisioningReport;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.RegisterAnswer;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.pki.CertificatePath;
import org.m2me.protocol.pki.CertificateRefused;
import org.m2me.protocol.pki.CertificateRefused.Reason;

/** New PCIDs on their way to devices, by registration, and what the devices report of them to their suppliers. */
final class Credentials {
    static final List<String> SCHEMA = List.of(
            "CREATE TABLE credential (registration TEXT PRIMARY KEY, device TEXT NOT NULL, supplier TEXT NOT NULL,"
                    + " mail BYTEA, at BIGINT NOT NULL, report BYTEA)",
            "CREATE INDEX credential_device ON credential (device, at)");

    /** Outbox: the device's report, to its supplier; keyed by the registration. */
    static final String RENEWED = "renewed";

    /**
     * How long one waits in the mailbox. The device that asked looks at once, for a minute; after that it may have begun
     * something else, and what waits here would hide what it then looks for. It asks again with the same registration.
     */
    static final Duration WAIT = Duration.ofMinutes(10);

    private static final String SUPPLIER = "supplier.";
    private static final byte[] NOTHING_MORE = {};

    /** One of them. @param report as it came */
    private record Row(Nonce registration, Ueid device, String supplier, Optional<Opaque> report) {}

    private final RoleContext context;
    private final Peers peers;
    private final Database database;

    Credentials(RoleContext context, Peers peers, Database database) {
        this.context = context;
        this.peers = peers;
        this.database = database;
    }

    /** See {@link Dpf#deliver}. @param feed by which the device is told */
    void deliver(Dpf.Credential credential, DeviceFeedLog feed) throws Refused {
        check(credential);
        database.<Refused>change(connection -> {
            if (put(connection, credential, context.clock().instant())) {
                database.afterCommit(() -> feed.announce(credential.device()));
            }
        });
    }

    /** @throws Refused unless the certificate is this supplier's, and all of it can travel */
    private void check(Dpf.Credential one) throws Refused {
        if (one.envelope().length() > McimEnvelope.SIZE_MAX
                || one.certificate().length() > RegisterAnswer.CERTIFICATE_SIZE_MAX) {
            throw new Refused(ResultCode.MCIM_TOO_LARGE, "credential: more than a device takes");
        }
        try {
            Certificate certificate = Certificate.parse(one.certificate().bytes());
            CertificatePath.verify(
                    certificate, context.anchors(), context.clock().instant());
            if (!certificate.commonName().equals(SUPPLIER + one.supplier())) {
                throw new Refused(
                        ResultCode.FORBIDDEN,
                        "credential: " + certificate.commonName() + " is not supplier " + one.supplier());
            }
        } catch (CertificateRefused distrusted) {
            // By a clock that is wrong nothing is decided: the supplier comes again.
            ResultCode code =
                    distrusted.reason() == Reason.NOT_YET_VALID ? ResultCode.UNAVAILABLE : ResultCode.FORBIDDEN;
            throw new Refused(code, "credential: " + distrusted.getMessage());
        } catch (IllegalArgumentException malformed) {
            throw new Refused(ResultCode.MALFORMED, "credential: " + malformed.getMessage());
        }
    }

    /**
     * Puts one into the mailbox, in the place of an earlier one by the same supplier. Of one that is known what came first
     * stays: the device may have it by now.
     *
     * @return whether it waits there now
     */
    private static boolean put(Connection connection, Dpf.Credential one, Instant now) throws SQLException, Refused {
        Optional<Row> known = find(connection, one.registration());
        if (known.isPresent()) {
            boolean same = known.get().device().equals(one.device())
                    && known.get().supplier().equals(one.supplier());
            if (!same) {
                throw new Refused(ResultCode.FORBIDDEN, "credential: its registration is another device's");
            }
            return Sql.update(
                            connection,
                            "UPDATE credential SET at = ? WHERE registration = ? AND mail IS NOT NULL",
                            now,
                            one.registration())
                    == 1;
        }
        Sql.update(
                connection,
                "UPDATE credential SET mail = NULL WHERE device = ? AND supplier = ?",
                one.device(),
                one.supplier());
        Sql.update(
                connection,
                "INSERT INTO credential (registration, device, supplier, mail, at) VALUES (?, ?, ?, ?, ?)",
                one.registration(),
                one.device(),
                one.supplier(),
                new Mail.Credential(one.registration(), one.certificate(), one.envelope()).encode(),
                now);
        return true;
    }

    /** What waits for a device. It stays until the device reports: an answer may be lost. */
    Optional<byte[]> mail(Ueid device) {
        return database.read(connection -> Sql.first(
                connection,
                "SELECT mail FROM credential WHERE device = ? AND at > ? AND mail IS NOT NULL ORDER BY at DESC LIMIT 1",
                row -> row.getBytes(1),
                device,
                context.clock().instant().minus(WAIT)));
    }

    /** The devices that have a MCIM or a PCID to fetch. */
    List<Ueid> devicesWaiting(Connection connection) throws SQLException {
        List<Ueid> devices = new ArrayList<>(Provisionings.devicesWaiting(connection));
        devices.addAll(Sql.all(
                connection,
                "SELECT DISTINCT device FROM credential WHERE at > ? AND mail IS NOT NULL",
                row -> Ueid.hex(row.getString(1)),
                context.clock().instant().minus(WAIT)));
        return devices;
    }

    /** Takes a device's report, if it is about one of these. @return whether it is */
    static boolean reported(Connection connection, Ueid device, ProvisioningReport report, byte[] body, Outbox outbox)
            throws SQLException {
        Optional<Row> known =
                find(connection, report.registration()).filter(it -> it.device().equals(device));
        if (known.isPresent() && known.get().report().isEmpty()) {
            Sql.update(
                    connection,
                    "UPDATE credential SET mail = NULL, report = ? WHERE registration = ?",
                    body,
                    report.registration());
            outbox.add(connection, RENEWED, report.registration().toString(), NOTHING_MORE);
        }
        return known.isPresent();
    }

    /** Tells the supplier what the device reported. */
    Outbox.FollowUp tellSupplier(String key, byte[] body) throws Refused {
        Row owed = database.read(connection -> find(connection, new Nonce(Opaque.hex(key))))
                .orElseThrow();
        try {
            peers.supplier(owed.supplier())
                    .renewed(owed.registration(), owed.device(), owed.report().orElseThrow());
        } catch (IllegalArgumentException unknown) {
            throw new Refused(ResultCode.NOT_FOUND, "credential: " + unknown.getMessage());
        }
        return Outbox.FollowUp.NONE;
    }

    private static Optional<Row> find(Connection connection, Nonce registration) throws SQLException {
        return Sql.first(
                connection,
                "SELECT registration, device, supplier, report FROM credential WHERE registration = ?",
                Credentials::read,
                registration);
    }

    private static Row read(ResultSet row) throws SQLException {
        return new Row(
                new Nonce(Opaque.hex(row.getString(1))),
                Ueid.hex(row.getString(2)),
                row.getString(3),
                Optional.ofNullable(row.getBytes(4)).map(Opaque::of));
    }
}
