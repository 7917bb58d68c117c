// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.supplier;

import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.m2me.operators.Dpf;
import org.m2me.operators.PcidRecord;
import org.m2me.operators.Peers;
import org.m2me.operators.Supplier.Renewal;
import org.m2me.operators.store.Database;
import org.m2me.operators.store.Outbox;
import org.m2me.operators.store.Vault;
import org.m2me.operators.supplier.InitialAccess.Access;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.OwnerSecret;
import org.m2me.protocol.message.ProvisioningReport;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * New PCIDs for devices in the field, and the return of old ones to the pool: when the device says that it has the new
 * one, and when it is revoked.
 */
final class Renewals {
    private static final Logger LOG = LoggerFactory.getLogger(Renewals.class);

    /** Outbox: to the CCIF, a PCID that a device no longer has; keyed by both. */
    private static final String RELEASE = "release";

    /** Outbox: to the PVA, keyed by the device. */
    private static final String REVOKED = "revoked";

    private static final byte[] NOTHING_MORE = {};

    private final Parts parts;
    private final RoleContext context;
    private final Peers peers;
    private final SupplierRole.Settings settings;
    private Optional<Outbox> outbox = Optional.empty();

    /** What it works with. */
    record Parts(Database database, Vault vault, OwnPcids own, PcidEnvelopes envelopes) {}

    Renewals(Parts parts, RoleContext context, Peers peers, SupplierRole.Settings settings) {
        this.parts = parts;
        this.context = context;
        this.peers = peers;
        this.settings = settings;
    }

    Map<String, Outbox.Handler> handlers() {
        return Map.of(RELEASE, (key, body) -> release(key), REVOKED, (key, body) -> tellPva(Ueid.hex(key)));
    }

    /** The outbox that has the handlers. */
    void through(Outbox made) {
        outbox = Optional.of(made);
    }

    private void owe(Connection connection, String kind, String key) throws SQLException {
        outbox.orElseThrow().add(connection, kind, key, NOTHING_MORE);
    }

    /** See {@link org.m2me.operators.Supplier#renew}. */
    void renew(Renewal asked) throws Refused {
        Devices.Entry device = known(asked.device());
        Access access = checked(asked, device);
        if (access.isDone(asked.registration())) {
            return;
        }
        Opaque agreementKey = device.agreementKey()
                .orElseThrow(() -> new Refused(
                        ResultCode.FORBIDDEN, "renewal: " + asked.device() + " was made when no key for it was kept"));
        try (PcidHolder next = successor(asked)) {
            begin(asked, next.record());
            Opaque envelope = parts.envelopes()
                    .seal(
                            new PcidEnvelopes.To(asked.device(), agreementKey, asked.registration()),
                            next.record(),
                            token(device.made().ownerToken()));
            peers.dpf()
                    .deliver(new Dpf.Credential(
                            asked.registration(),
                            asked.device(),
                            settings.name(),
                            Opaque.of(context.certificate().der()),
                            envelope));
        }
    }

    /** By this the device knows its own supplier: others of the same authority have no secret of its owner. */
    private Opaque token(Opaque ownerToken) {
        try (SecretBytes secret = SecretBytes.copyOf(ownerToken.bytes())) {
            return OwnerSecret.operatorToken(secret, settings.ownPcids().operator());
        }
    }

    private Access checked(Renewal asked, Devices.Entry device) throws Refused {
        if (device.revoked()) {
            throw new Refused(ResultCode.CREDENTIAL_REVOKED, "renewal: " + asked.device() + " is revoked");
        }
        Access access = parts.database().transact(connection -> {
            Access before = access(connection, device);
            if (before.successor().equals(Optional.of(asked.pcid()))) {
                renewed(connection, asked.device(), before); // whoever asks with it has it: the report was lost
            }
            return access(connection, device);
        });
        if (access.isDone(asked.registration())) {
            return access;
        }
        if (!access.pcid().equals(asked.pcid())) {
            throw new Refused(
                    ResultCode.FORBIDDEN, "renewal: " + asked.device() + " does not have PCID " + asked.pcid());
        }
        Optional<Instant> due = access.expires().map(end -> end.minus(settings.renewBefore()));
        if (access.successor().isEmpty() && due.filter(now()::isBefore).isPresent()) {
            throw new Refused(
                    ResultCode.FORBIDDEN, "renewal: PCID " + asked.pcid() + " is not due before " + due.get());
        }
        return access;
    }

    private PcidHolder successor(Renewal asked) throws Refused {
        if (!parts.own().has(asked.pcid())) {
            return new PcidHolder(peers.ccif().successor(settings.name(), asked.device(), asked.pcid()));
        }
        PcidHolder made = new PcidHolder(parts.database()
                .<PcidRecord, Refused>transact(
                        connection -> parts.own().of(connection, asked.device(), Optional.of(asked.pcid()), now())));
        boolean deposited = false;
        try {
            peers.ccif().depositSuccessor(settings.name(), made.record(), asked.pcid());
            deposited = true;
            return made;
        } finally {
            if (!deposited) {
                made.close();
            }
        }
    }

    private void begin(Renewal asked, PcidRecord next) throws Refused {
        boolean begun = parts.database().transact(connection -> {
            Devices.Entry device =
                    Devices.find(connection, asked.device(), parts.vault()).orElseThrow();
            if (device.revoked()) {
                owe(connection, RELEASE, key(asked.device(), next.pcid())); // revoked while it was made
                return false;
            }
            InitialAccess.renewing(connection, asked.device(), asked.pcid(), asked.registration(), next);
            return true;
        });
        if (!begun) {
            throw new Refused(ResultCode.CREDENTIAL_REVOKED, "renewal: " + asked.device() + " is revoked");
        }
    }

    /** See {@link org.m2me.operators.Supplier#renewed}. */
    void renewed(Nonce registration, Ueid device, Opaque report) throws Refused {
        Devices.Entry made = known(device);
        ProvisioningReport said;
        try {
            said = ProvisioningReport.verify(
                    report.bytes(), P256PublicKey.ofSpki(made.platformKey().bytes()));
        } catch (ForgedException forged) {
            throw new Refused(ResultCode.FORBIDDEN, "renewal: " + forged.getMessage());
        }
        if (!said.registration().equals(registration)) {
            throw new Refused(ResultCode.FORBIDDEN, "renewal: the report is on another registration");
        }
        if (said.code() != ResultCode.OK) {
            LOG.warn("renewal {}: {} keeps its PCID: {}", registration, device, said.code()); // and asks again
            return;
        }
        parts.database().change(connection -> {
            Access access = access(connection, made);
            if (access.registration().equals(Optional.of(registration))) {
                renewed(connection, device, access);
            }
        });
    }

    private void renewed(Connection connection, Ueid device, Access before) throws SQLException {
        if (before.successor().isPresent()) {
            InitialAccess.renewed(connection, device);
            parts.own().forgetKey(connection, device, Optional.of(before.pcid()));
            owe(connection, RELEASE, key(device, before.pcid()));
        }
    }

    /** See {@link org.m2me.operators.Supplier#pcids}. */
    List<Pcid> pcids(Ueid device, Opaque ownerToken) throws Refused {
        Devices.Entry made = known(device);
        if (!MessageDigest.isEqual(made.made().ownerToken().bytes(), ownerToken.bytes())) {
            throw new Refused(ResultCode.FORBIDDEN, "PCID of " + device + ": the token is not its owner's");
        }
        if (made.revoked()) {
            throw new Refused(ResultCode.CREDENTIAL_REVOKED, "PCID of " + device + ": returned to the pool");
        }
        return parts.database().read(connection -> access(connection, made)).pcids();
    }

    /** See {@link org.m2me.operators.Supplier#revoke}. */
    void revoke(Ueid device) throws Refused {
        parts.database().<Refused>change(connection -> {
            Devices.Entry made = Devices.find(connection, device, parts.vault()).orElseThrow(() -> unknown(device));
            Devices.revoke(connection, device, now());
            owe(connection, REVOKED, device.hex());
            for (Pcid pcid : access(connection, made).pcids()) {
                owe(connection, RELEASE, key(device, pcid)); // without effect on one that another device has by now
            }
        });
    }

    private Outbox.FollowUp tellPva(Ueid device) throws Refused {
        peers.pva().revoked(settings.name(), device);
        return Outbox.FollowUp.NONE;
    }

    private Outbox.FollowUp release(String key) throws Refused {
        String[] both = key.split(" ", 2);
        Ueid device = Ueid.hex(both[0]);
        Pcid pcid = Pcid.of(both[1]);
        boolean own = parts.own().has(pcid);
        if (own && !parts.database().read(connection -> parts.own().isOf(connection, device, pcid))) {
            return Outbox.FollowUp.NONE; // released before; somebody else may have it by now
        }
        peers.ccif().release(settings.name(), device, pcid);
        return connection -> {
            if (own) {
                parts.own().released(connection, pcid, now());
            }
        };
    }

    private static String key(Ueid device, Pcid pcid) {
        return device.hex() + " " + pcid;
    }

    private Devices.Entry known(Ueid device) throws Refused {
        return parts.database()
                .read(connection -> Devices.find(connection, device, parts.vault()))
                .orElseThrow(() -> unknown(device));
    }

    private static Refused unknown(Ueid device) {
        return new Refused(ResultCode.UNKNOWN_DEVICE, device + " was not made here");
    }

    private static Access access(Connection connection, Devices.Entry made) throws SQLException {
        return InitialAccess.of(connection, made.made().device(), made.made().pcid());
    }

    private Instant now() {
        return context.clock().instant();
    }
}
