// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.supplier;

import java.math.BigInteger;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.m2me.operators.PcidRecord;
import org.m2me.operators.Peers;
import org.m2me.operators.Pva;
import org.m2me.operators.Supplier;
import org.m2me.operators.store.Database;
import org.m2me.operators.store.Outbox;
import org.m2me.operators.store.Vault;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.crypto.Signer;
import org.m2me.protocol.evidence.MeasuredComponent;
import org.m2me.protocol.evidence.ReferenceValues;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.OwnerSecret;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.pki.CertificateAuthority;
import org.m2me.protocol.pki.CertificateAuthority.Usage;
import org.m2me.protocol.pki.Ocsp;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The supplier: certifies what its production line makes, gives it a PCID, and says what its devices should measure. */
public final class SupplierRole implements Supplier, AutoCloseable {
    /** A device outlives its installer; its credential ends by revocation, not by age. */
    private static final Duration CREDENTIAL_LIFETIME = Duration.ofDays(20 * 365L);
    /** Clocks of devices and of production lines differ by less. */
    private static final Duration CLOCK_SKEW = Duration.ofHours(1);
    /** As long as a release is maintained. */
    private static final Duration RELEASE_LIFETIME = Duration.ofDays(5 * 365L);

    private static final int OWNER_TOKEN_LENGTH = 16;
    private static final Logger LOG = LoggerFactory.getLogger(SupplierRole.class);

    /**
     * Who it is.
     *
     * @param name as in the common name of its role certificate, {@code supplier.NAME}
     * @param authority issues the certificates of its devices
     * @param authorityKey the authority's, which also signs OCSP answers
     * @param ownPcids from which it makes PCIDs itself (ways 2 and 3)
     * @param pcidApn the APN that the ICF allows to its PCIDs
     * @param renewBefore how long before its end a PCID is renewed at the earliest: a device that asks before has a clock
     *     that is wrong, or wants to use the pool up
     */
    public record Settings(
            String name,
            CertificateAuthority authority,
            Signer authorityKey,
            PcidSettings ownPcids,
            String pcidApn,
            Duration renewBefore) {
        /** Three times what devices take: they ask when they are due, however their clocks differ. */
        public static final Duration RENEW_BEFORE = Duration.ofDays(90);
    }

    private final Database database;
    private final RoleContext context;
    private final Peers peers;
    private final Settings settings;
    private final Vault vault;
    private final OwnPcids own;
    private final PcidEnvelopes envelopes;
    private final Renewals renewals;
    private final Outbox outbox;

    public SupplierRole(RoleContext context, Peers peers, Settings settings) {
        this.context = context;
        this.peers = peers;
        this.settings = settings;
        List<String> schema = new ArrayList<>(Devices.SCHEMA);
        schema.addAll(OwnPcids.SCHEMA);
        schema.add(InitialAccess.SCHEMA);
        schema.add(Outbox.SCHEMA);
        this.database = Database.open(context.directory().resolve("supplier.db"), schema.toArray(String[]::new));
        this.vault = context.vault();
        this.own = new OwnPcids(settings.ownPcids(), vault, context.random());
        this.envelopes = new PcidEnvelopes(context, settings);
        this.renewals = new Renewals(new Renewals.Parts(database, vault, own, envelopes), context, peers, settings);
        this.outbox =
                Outbox.of(database, context.clock(), context.random(), renewals.handlers(), SupplierRole::givenUp);
        renewals.through(outbox);
    }

    /** Begins to work off what is owed. To be called when the peers are in place. */
    public SupplierRole start() {
        outbox.start();
        return this;
    }

    @Override
    public Made make(Blank blank) throws Refused {
        if (find(blank.device()).isEmpty()) {
            assemble(blank);
        }
        Devices.Entry entry = find(blank.device()).orElseThrow();
        if (!entry.platformKey().equals(blank.platformKey())) {
            throw new Refused(ResultCode.FORBIDDEN, "device " + blank.device() + ": was made with another key");
        }
        peers.pva().enrol(blank.device(), entry.made().platformCertificate(), ownerProof(entry.made()));
        return entry.made();
    }

    private static Opaque ownerProof(Made made) {
        try (SecretBytes secret = SecretBytes.takeFrom(made.ownerToken().bytes())) {
            return OwnerSecret.proofOf(OwnerSecret.inquiryToken(secret));
        }
    }

    private Optional<Devices.Entry> find(Ueid device) {
        return database.read(connection -> Devices.find(connection, device, vault));
    }

    private void assemble(Blank blank) throws Refused {
        Certificate platform = certify(blank, blank.platformKey());
        Certificate transport = certify(blank, blank.transportKey());
        byte[] token = new byte[OWNER_TOKEN_LENGTH];
        context.random().nextBytes(token);
        Opaque ownerToken = Opaque.of(token);
        try (PcidHolder pcid = pcid(blank)) {
            Made made = new Made(
                    blank.device(),
                    pcid.record().pcid(),
                    Opaque.of(platform.der()),
                    Opaque.of(transport.der()),
                    Opaque.of(context.certificate().der()),
                    envelopes.seal(
                            new PcidEnvelopes.To(blank.device(), blank.agreementKey(), blank.pcidNonce()),
                            pcid.record(),
                            ownerToken),
                    ownerToken,
                    blank.way() == PcidWay.SENT_BY_SUBSCRIBER
                            ? Optional.of(Opaque.of(SealedPcid.form(pcid.record(), vault)))
                            : Optional.empty());
            database.change(connection -> {
                Devices.add(connection, blank, made, vault);
                InitialAccess.begin(
                        connection, blank.device(), made.pcid(), pcid.record().expires());
                own.forgetKey(connection, blank.device(), Optional.empty());
            });
        }
    }

    private Certificate certify(Blank blank, Opaque spki) {
        Instant now = context.clock().instant();
        return settings.authority()
                .issue(new CertificateAuthority.Request(
                        blank.device().hex(),
                        "",
                        P256PublicKey.ofSpki(spki.bytes()),
                        Usage.DEVICE,
                        now.minus(CLOCK_SKEW),
                        now.plus(CREDENTIAL_LIFETIME)));
    }

    private PcidHolder pcid(Blank blank) throws Refused {
        if (blank.way() == PcidWay.ISSUED_BY_CCIF) {
            return new PcidHolder(peers.ccif().issue(settings.name(), blank.device()));
        }
        PcidHolder made = new PcidHolder(database.<PcidRecord, Refused>transact(connection -> own.of(
                connection, blank.device(), Optional.empty(), context.clock().instant())));
        boolean done = false;
        try {
            if (blank.way() == PcidWay.SENT_TO_CCIF) {
                peers.ccif().deposit(settings.name(), made.record());
            }
            done = true;
            return made;
        } finally {
            if (!done) {
                made.close();
            }
        }
    }

    @Override
    public void release(String model, List<MeasuredComponent> components) throws Refused {
        long version = database.transact(connection -> Devices.nextVersion(connection, model));
        Instant now = context.clock().instant();
        byte[] signed = new ReferenceValues(
                        settings.name() + "/" + model,
                        version,
                        settings.name(),
                        model,
                        now.minus(CLOCK_SKEW),
                        now.plus(RELEASE_LIFETIME),
                        components)
                .sign(context.key());
        peers.pva().references(settings.name(), Opaque.of(signed));
    }

    @Override
    public void revoke(Ueid device) throws Refused {
        renewals.revoke(device);
    }

    @Override
    public Optional<List<Ueid>> withdraw(Pva.KnownBad what, Optional<Ueid> after) throws Refused {
        return peers.pva().withdraw(settings.name(), what, after);
    }

    @Override
    public void renew(Renewal renewal) throws Refused {
        renewals.renew(renewal);
    }

    @Override
    public void renewed(Nonce registration, Ueid device, Opaque report) throws Refused {
        renewals.renewed(registration, device, report);
    }

    @Override
    public List<Pcid> pcids(Ueid device, Opaque ownerToken) throws Refused {
        return renewals.pcids(device, ownerToken);
    }

    private static void givenUp(Connection connection, String kind, String key, byte[] body, Exception why) {
        LOG.warn("{} {}: given up: {}", kind, key, why.toString());
    }

    @Override
    public Opaque ocsp(Opaque request) {
        Ocsp.Responder responder =
                new Ocsp.Responder(settings.authority().certificate(), Optional.empty(), settings.authorityKey());
        return Opaque.of(
                responder.respond(request.bytes(), this::status, context.clock().instant()));
    }

    private Ocsp.Status status(BigInteger serial) {
        return database.read(connection -> Devices.status(connection, serial));
    }

    @Override
    public void depositForm(Opaque form) throws Refused {
        try (PcidHolder pcid = new PcidHolder(SealedPcid.ofForm(form.bytes(), vault))) {
            peers.ccif().deposit(settings.name(), pcid.record());
        } catch (ForgedException forged) {
            throw new Refused(ResultCode.FORBIDDEN, "deposit form: was not made here");
        }
    }

    @Override
    public void close() {
        outbox.close();
        database.close();
        vault.close();
    }
}
